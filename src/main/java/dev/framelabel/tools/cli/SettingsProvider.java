package dev.framelabel.tools.cli;

import dev.framelabel.config.ConfigFile;
import dev.framelabel.config.NearestName;
import dev.framelabel.config.Options;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Provider of the values of options that are not on the command line, from {@link Settings}. */
final class SettingsProvider implements IDefaultValueProvider {
  private static final Set<String> ALWAYS_COMMAND_LINE = Set.of("help", "version", "config");

  private final Settings settings;

  SettingsProvider(Settings settings) {
    this.settings = settings;
  }

  @Override
  public String defaultValue(ArgSpec argument) {
    if (!(argument instanceof OptionSpec option)
        || argument.command() == null
        || ALWAYS_COMMAND_LINE.contains(name(option))) {
      return null;
    }
    return settings.find(section(argument.command(), option), name(option)).orElse(null);
  }

  private static String name(OptionSpec option) {
    return option.longestName().replaceFirst("^-+", "");
  }

  /** Returns {@code job} for the job's own options, whichever command takes them. */
  private static String section(CommandSpec command, OptionSpec option) {
    if (Options.find(name(option)).isPresent() && JobOptionsModel.isUsedBy(command)) {
      return ConfigFile.JOB_SECTION;
    }
    return command.qualifiedName("-").replaceFirst("^framelabel-?", "");
  }

  /**
   * Refuses keys of the file that no command knows.
   *
   * @throws IllegalArgumentException that names the nearest key
   */
  void check(CommandLine root) {
    Set<String> known = new HashSet<>();
    addKeys(root, known);
    for (String key : new TreeSet<>(settings.file().values().keySet())) {
      if (!known.contains(key) && !key.startsWith(ConfigFile.FLINK_SECTION + ".")) {
        throw new IllegalArgumentException(
            "config file %s has the key '%s', which no command knows; the nearest is '%s'"
                .formatted(settings.file().name(), key, NearestName.of(key, known)));
      }
    }
  }

  private static void addKeys(CommandLine line, Set<String> known) {
    for (OptionSpec option : line.getCommandSpec().options()) {
      if (!ALWAYS_COMMAND_LINE.contains(name(option)) && option.longestName().startsWith("--")) {
        known.add(name(option));
        known.add(section(line.getCommandSpec(), option) + "." + name(option));
      }
    }
    line.getSubcommands().values().forEach(sub -> addKeys(sub, known));
  }
}
