package dev.framelabel.config;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.util.TimeUtils;

/**
 * The values that an option accepts.
 *
 * @param text the values as help and errors name them, such as {@code a whole number, 1 or more}
 * @param test whether a value is one of them; throws or answers false if it is not
 */
record ValidValues<T>(String text, Predicate<T> test) {
  private static final String SIZE = "a size such as '256 mb'";
  private static final String DURATION = "a duration such as '20 ms' or '4 h'";

  /** Returns whole numbers from {@code least}. */
  static <N extends Number> ValidValues<N> atLeast(long least) {
    return atLeast(least, "");
  }

  /**
   * Returns whole numbers from {@code least}, of which one has a meaning of its own.
   *
   * @param note what a special value means, such as {@code 0: one thread per core}
   */
  static <N extends Number> ValidValues<N> atLeast(long least, String note) {
    return new ValidValues<>(
        with("a whole number, " + least + " or more", note), value -> value.longValue() >= least);
  }

  /** Returns durations longer than 0. */
  static ValidValues<Duration> longerThanZero() {
    return new ValidValues<>(
        DURATION + ", more than 0", value -> !value.isNegative() && !value.isZero());
  }

  /** Returns durations from 0. */
  static ValidValues<Duration> durations(String note) {
    return new ValidValues<>(with(DURATION, note), value -> !value.isNegative());
  }

  /** Returns durations from 0 and the word {@code auto}. */
  static ValidValues<String> durationOrAuto() {
    return new ValidValues<>(
        DURATION + ", or auto",
        value ->
            value.strip().equals("auto") || !TimeUtils.parseDuration(value.strip()).isNegative());
  }

  /** Returns sizes from 1 byte. */
  static ValidValues<MemorySize> largerThanZero() {
    return new ValidValues<>(SIZE + ", more than 0", value -> value.getBytes() > 0);
  }

  /** Returns sizes from 0. */
  static ValidValues<MemorySize> sizes(String note) {
    return new ValidValues<>(with(SIZE, note), value -> true);
  }

  static ValidValues<Boolean> trueOrFalse() {
    return new ValidValues<>("true or false", value -> true);
  }

  /** Returns all constants, as their {@code toString} writes them. */
  static <E extends Enum<E>> ValidValues<E> oneOf(Class<E> type) {
    List<String> names = Arrays.stream(type.getEnumConstants()).map(Enum::toString).toList();
    String allButLast = String.join(", ", names.subList(0, names.size() - 1));
    return new ValidValues<>(allButLast + " or " + names.get(names.size() - 1), value -> true);
  }

  /** Returns every text that is not blank. */
  static ValidValues<String> text(String text) {
    return new ValidValues<>(text, value -> !value.isBlank());
  }

  /** Returns the empty text and those that pass the test. */
  static ValidValues<String> textOrEmpty(String text, Predicate<String> test) {
    return new ValidValues<>(text, value -> value.isEmpty() || test.test(value));
  }

  /** Returns the constants joined by {@code |}, as a label of the option. */
  static <E extends Enum<E>> String label(Class<E> type) {
    return Arrays.stream(type.getEnumConstants())
        .map(Enum::toString)
        .collect(Collectors.joining("|"));
  }

  private static String with(String text, String note) {
    return note.isEmpty() ? text : text + "; " + note;
  }
}
