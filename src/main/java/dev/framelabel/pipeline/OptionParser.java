package dev.framelabel.pipeline;

import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.description.HtmlFormatter;
import org.apache.flink.util.TimeUtils;

/**
 * Reads a job's arguments: {@code --key value} for its own options ({@code --key} alone for a
 * switch), {@code -Dkey=value} for Flink's. Writes their help text.
 */
public final class OptionParser {
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
   * @throws IllegalArgumentException if an option is unknown (names the nearest one) or its value
   *     does not fit
   */
  public Parsed parse(String... arguments) {
    Configuration job = new Configuration();
    Configuration flink = new Configuration();
    boolean help = false;
    Iterator<String> rest = Arrays.asList(arguments).iterator();
    while (rest.hasNext()) {
      String argument = rest.next();
      if (argument.equals("--help") || argument.equals("-h")) {
        help = true;
      } else if (argument.startsWith("-D")) {
        addFlink(argument.substring(2), flink);
      } else if (argument.startsWith("--")) {
        addOption(argument.substring(2), rest, job);
      } else {
        throw new IllegalArgumentException(
            "'" + argument + "' is no option; expected --key value, or -Dkey=value for Flink");
      }
    }
    return new Parsed(job, flink, help);
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
    job.setString(key, value);
    check(option, value, job);
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
