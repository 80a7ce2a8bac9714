package dev.framelabel.tools.wall;

import java.util.Arrays;

/** Percentiles of the newest thousand values. Not thread-safe. */
final class Percentiles {
  private final double[] values = new double[1000];
  private long count;

  void add(double value) {
    values[(int) (count++ % values.length)] = value;
  }

  /** The values at these shares (0 to 1), 0 where there is none yet. */
  double[] at(double... shares) {
    int size = (int) Math.min(count, values.length);
    double[] sorted = Arrays.copyOf(values, size);
    Arrays.sort(sorted);
    return Arrays.stream(shares)
        .map(share -> size == 0 ? 0 : sorted[(int) Math.min(size - 1L, (long) (share * size))])
        .toArray();
  }
}
