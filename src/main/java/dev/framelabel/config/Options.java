package dev.framelabel.config;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** All options of the labelling job. */
public final class Options {
  /** The options by purpose, in the order of help and reference. */
  public static final List<OptionGroup> GROUPS =
      Stream.concat(KafkaOptions.GROUPS.stream(), JobOptions.GROUPS.stream()).toList();

  public static final List<Option<?>> ALL =
      GROUPS.stream().<Option<?>>flatMap(group -> group.options().stream()).toList();

  private Options() {}

  public static Optional<Option<?>> find(String name) {
    return ALL.stream().filter(option -> option.name().equals(name)).findFirst();
  }

  /**
   * Returns the option of this name.
   *
   * @throws IllegalArgumentException if there is none; names the nearest one
   */
  static Option<?> get(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "option --%s is not known; the nearest is --%s (--help lists all)"
                        .formatted(
                            name, NearestName.of(name, ALL.stream().map(Option::name).toList()))));
  }
}
