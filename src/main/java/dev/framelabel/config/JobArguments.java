package dev.framelabel.config;

import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.text.WordUtils;
import org.apache.flink.configuration.Configuration;

/**
 * The arguments of the job: {@code --key value} for its own options ({@code --key} alone for a
 * switch), {@code -Dkey=value} for Flink's settings, {@code --config FILE} for a {@link ConfigFile}
 * of both. An argument overrides the file, wherever it stands.
 *
 * @param job the job's own options
 * @param flink Flink's settings
 * @param help whether the help text was asked for
 */
public record JobArguments(Configuration job, Configuration flink, boolean help) {
  private static final String HELP_INDENT = "    ";
  private static final int HELP_WIDTH = 95;

  private static final String USAGE =
      """
      Labels camera frames from Kafka in an Apache Flink job.

      Usage: framelabel-job.jar --model=FILE [--bootstrap-servers=HOST:PORT,...] [OPTION...]

        --config=FILE
          YAML file with options of the job (section job) and Flink settings (section flink). An
          argument overrides the file.
        -Dkey=value
          Flink setting of this job.
        -h, --help
          Show this help and exit.
      """;

  /**
   * Parses arguments, and reads the file that they name. In the file, the sections {@code job} and
   * {@code flink} count, and options of the job on its top level; other keys are for other
   * commands.
   *
   * @throws IllegalArgumentException if an option is unknown (names the nearest one) or its value
   *     is not valid, or if the file cannot be read
   */
  public static JobArguments parse(String... arguments) {
    Configuration job = new Configuration();
    Configuration flink = new Configuration();
    boolean help = false;
    addFile(ConfigFile.load(Arrays.asList(arguments), ""), job, flink);
    Iterator<String> rest = Arrays.asList(arguments).iterator();
    while (rest.hasNext()) {
      String argument = rest.next();
      if (argument.equals("--help") || argument.equals("-h")) {
        help = true;
      } else if (argument.equals(ConfigFile.OPTION)) {
        String ignored = rest.next();
      } else if (argument.startsWith("-D")) {
        addFlink(argument.substring(2), flink);
      } else if (argument.startsWith("--") && !ConfigFile.isOption(argument)) {
        addOption(argument.substring(2), rest, job);
      } else if (!ConfigFile.isOption(argument)) {
        throw new IllegalArgumentException(
            "argument '" + argument + "' is no option; expected --key value, or -Dkey=value");
      }
    }
    return new JobArguments(job, flink, help);
  }

  private static void addFile(ConfigFile file, Configuration job, Configuration flink) {
    try {
      for (String name : file.section(ConfigFile.JOB_SECTION).keySet()) {
        Option<?> ignored = Options.get(name);
      }
      for (Option<?> option : Options.ALL) {
        Optional<String> value = file.find(ConfigFile.JOB_SECTION, option.name());
        value.ifPresent(text -> set(option, text, job));
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("config file " + file.name() + ": " + e.getMessage(), e);
    }
    Map<String, String> settings = file.section(ConfigFile.FLINK_SECTION);
    settings.forEach(flink::setString);
  }

  private static void set(Option<?> option, String text, Configuration job) {
    Object ignored = option.parse(text);
    job.setString(option.name(), text);
  }

  private static void addFlink(String setting, Configuration flink) {
    int equals = setting.indexOf('=');
    if (equals < 1) {
      throw new IllegalArgumentException("'-D" + setting + "' is no setting; expected -Dkey=value");
    }
    flink.setString(setting.substring(0, equals), setting.substring(equals + 1));
  }

  private static void addOption(String argument, Iterator<String> rest, Configuration job) {
    int equals = argument.indexOf('=');
    Option<?> option = Options.get(equals < 0 ? argument : argument.substring(0, equals));
    if (equals >= 0) {
      set(option, argument.substring(equals + 1), job);
    } else if (option.isSwitch()) {
      set(option, "true", job);
    } else if (rest.hasNext()) {
      set(option, rest.next(), job);
    } else {
      throw new IllegalArgumentException(
          "--" + option.name() + " has no value; expected " + option.validValues());
    }
  }

  /** Returns the help text: usage, and one paragraph for each option by purpose. */
  public static String helpText() {
    StringBuilder text = new StringBuilder(USAGE);
    for (OptionGroup group : Options.GROUPS) {
      text.append('\n').append(group.title()).append(":\n");
      for (Option<?> option : group.options()) {
        text.append("  --").append(option.name());
        text.append(option.isSwitch() ? "[=" + option.label() + "]" : "=" + option.label());
        text.append('\n');
        text.append(HELP_INDENT)
            .append(WordUtils.wrap(option.help(), HELP_WIDTH, "\n" + HELP_INDENT, false))
            .append('\n');
      }
    }
    return text.toString();
  }
}
