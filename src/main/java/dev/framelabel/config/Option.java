package dev.framelabel.config;

import java.time.Duration;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.util.TimeUtils;

/**
 * An option of the labelling job: Flink's {@link ConfigOption}, which holds name, type and default,
 * with all that a user reads about it.
 *
 * @param label stands for the value in the help and names its type, such as {@code N} or {@code
 *     SIZE}
 * @param meaning what the option does, in full sentences
 * @param advice when to change the default
 */
public record Option<T>(
    ConfigOption<T> key, String label, ValidValues<T> values, String meaning, String advice) {

  /** Returns the name, without the dashes. */
  public String name() {
    return key.key();
  }

  /** Returns whether the name alone sets the option to true. */
  public boolean isSwitch() {
    return Boolean.FALSE.equals(key.defaultValue());
  }

  /** Returns whether the job does not start without a value. */
  public boolean isRequired() {
    return key.defaultValue() == null;
  }

  /** Returns the valid values in words. */
  public String validValues() {
    return values.text();
  }

  /** Returns the default as a user writes it; empty if the option has none. */
  public String defaultText() {
    T value = key.defaultValue();
    if (value instanceof Duration duration) {
      return TimeUtils.formatWithHighestUnit(duration);
    }
    return value == null ? "" : value.toString();
  }

  /** Returns the help text: the meaning, and the default where there is one. */
  public String help() {
    if (isRequired()) {
      return meaning + " Required.";
    }
    return defaultText().isEmpty() ? meaning : meaning + " Default: " + defaultText() + ".";
  }

  /**
   * Returns the typed value of a text.
   *
   * @throws IllegalArgumentException if the text is no valid value; names the valid ones
   */
  public T parse(String text) {
    T value;
    try {
      value = Configuration.fromMap(Map.of(name(), text)).get(key);
    } catch (IllegalArgumentException e) {
      throw invalid(text, e);
    }
    check(value, text);
    return value;
  }

  /**
   * Checks the value that a configuration has for this option.
   *
   * @throws IllegalArgumentException if it is no valid value; names the valid ones
   */
  void check(Configuration configuration) {
    T value;
    try {
      value = configuration.get(key);
    } catch (IllegalArgumentException e) {
      throw invalid(configuration.toMap().get(name()), e);
    }
    if (value == null) {
      throw new IllegalArgumentException(
          "--" + name() + " is missing; expected " + values.text() + ". " + meaning);
    }
    check(value, configuration.toMap().getOrDefault(name(), defaultText()));
  }

  private void check(T value, String text) {
    boolean valid;
    try {
      valid = values.test().test(value);
    } catch (RuntimeException e) {
      throw invalid(text, e);
    }
    if (!valid) {
      throw invalid(text, null);
    }
  }

  private IllegalArgumentException invalid(String text, Exception cause) {
    return new IllegalArgumentException(
        "--" + name() + " is '" + text + "'; expected " + values.text(), cause);
  }
}
