package dev.framelabel.config;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;

/** Options of one purpose, in the order in which help and reference show them. */
public final class OptionGroup {
  private final String title;
  private final List<Option<?>> options = new ArrayList<>();

  OptionGroup(String title) {
    this.title = title;
  }

  /**
   * Adds an option; called while the class that declares the option is initialised.
   *
   * @return {@code key}
   */
  <T> ConfigOption<T> add(
      ConfigOption<T> key, String label, ValidValues<T> values, String meaning, String advice) {
    options.add(new Option<>(key, label, values, meaning, advice));
    return key;
  }

  /** Adds a switch. */
  ConfigOption<Boolean> add(ConfigOption<Boolean> key, String meaning, String advice) {
    return add(key, "true|false", ValidValues.trueOrFalse(), meaning, advice);
  }

  /** Adds a choice between the constants of an enum. */
  <E extends Enum<E>> ConfigOption<E> add(
      ConfigOption<E> key, Class<E> type, String meaning, String advice) {
    return add(key, ValidValues.label(type), ValidValues.oneOf(type), meaning, advice);
  }

  /**
   * Checks the value that a configuration has for each option.
   *
   * @throws IllegalArgumentException for the first value that is missing or not valid
   */
  static void check(List<OptionGroup> groups, Configuration configuration) {
    groups.stream()
        .flatMap(group -> group.options.stream())
        .forEach(option -> option.check(configuration));
  }

  public String title() {
    return title;
  }

  public List<Option<?>> options() {
    return List.copyOf(options);
  }
}
