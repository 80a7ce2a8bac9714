package dev.framelabel.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.description.HtmlFormatter;
import org.apache.flink.util.TimeUtils;

/**
 * Reads a job's arguments: {@code --key value} for its own options ({@code --key} alone for a
 * switch), {@code -Dkey=value} for Flink's, {@code --config FILE} for a {@link ConfigFile} of both.
 * Arguments go before the file, wherever they stand. Writes their help text.
 */
public final class OptionParser {
  private static final String CONFIG = "--config";
  private static final int HELP_INDENT = 4;
  private static final int HELP_WIDTH = 100;

  private final List<ConfigOption<?>> options;

  public OptionParser(List<ConfigOption<?>> options) {
    this.options = List.copyOf(options);
  }

  /**
   * What the arguments say.
   *
   * @param job the job's own options
   * @param flink Flink's
   * @param help whether the help text was asked for
   */
  public record Parsed(Configuration job, Configuration flink, boolean help) {}

  /**
   * What arguments and file say. Of the file the sections {@code job} and {@code flink} count, and
   * options of the job that stand on its top level; other keys are for other commands.
   *
   * @throws IllegalArgumentException if an option is unknown (names the nearest one) or its value
   *     does not fit, or if the file cannot be read
   */
  public Parsed parse(String... arguments) {
    Configuration job = new Configuration();
    Configuration flink = new Configuration();
    boolean help = false;
    addFile(arguments, job, flink);
    Iterator<String> rest = Arrays.asList(arguments).iterator();
    while (rest.hasNext()) {
      String argument = rest.next();
      if (argument.equals("--help") || argument.equals("-h")) {
        help = true;
      } else if (argument.equals(CONFIG)) {
        String ignored = rest.next();
      } else if (argument.startsWith("-D")) {
        addFlink(argument.substring(2), flink);
      } else if (argument.startsWith("--") && !argument.startsWith(CONFIG + "=")) {
        addOption(argument.substring(2), rest, job);
      } else if (!argument.startsWith(CONFIG + "=")) {
        throw new IllegalArgumentException(
            "'" + argument + "' is no option; expected --key value, or -Dkey=value for Flink");
      }
    }
    return new Parsed(job, flink, help);
  }

  private void addFile(String[] arguments, Configuration job, Configuration flink) {
    String name = fileName(arguments);
    if (name.isEmpty()) {
      return;
    }
    Map<String, String> file = ConfigFile.read(Path.of(name));
    Map<String, String> values = new LinkedHashMap<>(file);
    values.keySet().removeIf(key -> options.stream().noneMatch(one -> one.key().equals(key)));
    values.putAll(ConfigFile.section(ConfigFile.JOB_SECTION, file));
    try {
      values.forEach((key, value) -> set(find(key), value, job));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("config file " + name + ": " + e.getMessage(), e);
    }
    ConfigFile.section(ConfigFile.FLINK_SECTION, file).forEach(flink::setString);
  }

  private static String fileName(String[] arguments) {
    String name = "";
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i].startsWith(CONFIG + "=")) {
        name = arguments[i].substring(CONFIG.length() + 1);
      } else if (arguments[i].equals(CONFIG)) {
        if (i + 1 == arguments.length) {
          throw new IllegalArgumentException(CONFIG + " is given without a file");
        }
        name = arguments[++i];
      }
    }
    return name;
  }

  private static void set(ConfigOption<?> option, String value, Configuration job) {
    job.setString(option.key(), value);
    check(option, value, job);
  }

  private static void addFlink(String setting, Configuration flink) {
    int equals = setting.indexOf('=');
    if (equals < 1) {
      throw new IllegalArgumentException("'-D" + setting + "' is no setting; expected -Dkey=value");
    }
    flink.setString(setting.substring(0, equals), setting.substring(equals + 1));
  }

  private void addOption(String argument, Iterator<String> rest, Configuration job) {
    int equals = argument.indexOf('=');
    String key = equals < 0 ? argument : argument.substring(0, equals);
    ConfigOption<?> option = find(key);
    String value;
    if (equals >= 0) {
      value = argument.substring(equals + 1);
    } else if (Boolean.FALSE.equals(option.defaultValue())) {
      value = "true";
    } else if (rest.hasNext()) {
      value = rest.next();
    } else {
      throw new IllegalArgumentException("--" + key + " is given without a value");
    }
    set(option, value, job);
  }

  private static void check(ConfigOption<?> option, String value, Configuration job) {
    try {
      Object ignored = job.get(option);
    } catch (IllegalArgumentException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IllegalArgumentException(
          "--" + option.key() + " is '" + value + "', which does not fit: " + cause.getMessage(),
          e);
    }
  }

  private ConfigOption<?> find(String key) {
    return options.stream()
        .filter(option -> option.key().equals(key))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "option --"
                        + key
                        + " is not known; the nearest is --"
                        + nearest(key)
                        + " (--help lists all)"));
  }

  private String nearest(String key) {
    LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
    return options.stream()
        .map(ConfigOption::key)
        .min(Comparator.comparingInt(known -> distance.apply(known, key)))
        .orElseThrow();
  }

  /** One paragraph for each option: key, default, meaning. */
  public String help() {
    StringBuilder text = new StringBuilder();
    HtmlFormatter formatter = new HtmlFormatter();
    for (ConfigOption<?> option : options) {
      text.append("  --").append(option.key()).append(defaultText(option)).append('\n');
      wrap(formatter.format(option.description()), text);
    }
    return text.toString();
  }

  private static String defaultText(ConfigOption<?> option) {
    Object value = option.defaultValue();
    if (value == null) {
      return "  (must be given)";
    }
    if (value.equals("")) {
      return "";
    }
    return "  (default " + format(value) + ")";
  }

  private static String format(Object value) {
    if (value instanceof Duration duration) {
      return TimeUtils.formatWithHighestUnit(duration);
    }
    if (value instanceof Enum<?> constant) {
      return constant.toString().toLowerCase(Locale.ROOT);
    }
    return value.toString();
  }

  private static void wrap(String description, StringBuilder text) {
    String indent = " ".repeat(HELP_INDENT);
    StringBuilder line = new StringBuilder();
    for (String word : description.split(" ", -1)) {
      if (line.length() + word.length() >= HELP_WIDTH - HELP_INDENT) {
        text.append(indent).append(line.toString().strip()).append('\n');
        line.setLength(0);
      }
      line.append(word).append(' ');
    }
    text.append(indent).append(line.toString().strip()).append('\n');
  }
}
