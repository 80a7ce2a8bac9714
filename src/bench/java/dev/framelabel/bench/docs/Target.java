package dev.framelabel.bench.docs;

import java.util.Locale;

/**
 * One promise and what was measured.
 *
 * @param what the figure is of
 * @param measured the figure
 * @param unit behind the figure; may be empty
 * @param bound that the figure must reach, or must not exceed
 * @param atLeast whether the bound is to be reached
 */
record Target(String what, double measured, String unit, double bound, boolean atLeast) {
  boolean met() {
    return atLeast ? measured >= bound : measured <= bound;
  }

  String promised() {
    return (atLeast ? "at least " : "at most ") + Figures.plain(bound) + unit;
  }

  String reached() {
    return Figures.plain(measured) + unit;
  }

  /** Whether it is met, and if not, by how much. */
  String verdict() {
    if (met()) {
      return "met";
    }
    double missing = Math.abs(measured - bound) / bound * 100;
    return String.format(Locale.ROOT, "missed by %.1f %%", missing);
  }
}
