package dev.framelabel.tools.wall;

import dev.framelabel.tools.report.Statistics;
import java.util.Arrays;

/** Percentiles of the newest thousand values. Not thread-safe. */
final class Percentiles {
  private final double[] values = new double[1000];
  private long count;

  void add(double value) {
    values[(int) (count++ % values.length)] = value;
  }

  /** Returns the quantiles for these shares (0 to 1); 0 where there is no value yet. */
  double[] at(double... shares) {
    int size = (int) Math.min(count, values.length);
    return size == 0
        ? new double[shares.length]
        : Statistics.quantiles(Arrays.copyOf(values, size), shares);
  }
}
