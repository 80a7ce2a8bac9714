package dev.framelabel.bench.docs;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers as people read them. */
final class Figures {
  private static final MathContext DIGITS = new MathContext(4);

  private Figures() {}

  /** To four digits, with separators for thousands. */
  static String plain(double value) {
    BigDecimal rounded = BigDecimal.valueOf(value).round(DIGITS).stripTrailingZeros();
    return rounded.abs().compareTo(BigDecimal.valueOf(10_000)) >= 0
        ? String.format(Locale.ROOT, "%,d", rounded.longValue())
        : rounded.toPlainString();
  }

  /** A number to two places. */
  static String ratio(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  /** Any value of a report. */
  static String of(Object value) {
    return value instanceof Number number ? plain(number.doubleValue()) : String.valueOf(value);
  }
}
