package dev.framelabel.tools.report;

import java.util.Arrays;
import java.util.DoubleSummaryStatistics;

/** Statistics of many figures of one kind. */
public final class Statistics {
  private Statistics() {}

  /**
   * Returns the median: the middle value, or the mean of the two in the middle.
   *
   * @param values in any order, at least one; unchanged
   */
  public static double median(double[] values) {
    return quantiles(values, 0.5)[0];
  }

  /**
   * Returns quantiles, interpolated linearly between the two nearest values.
   *
   * @param values in any order, at least one; unchanged
   * @param shares each from 0 (the lowest value) to 1 (the highest)
   * @return one quantile for each share
   */
  public static double[] quantiles(double[] values, double... shares) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return Arrays.stream(shares).map(share -> quantile(sorted, share)).toArray();
  }

  private static double quantile(double[] sorted, double share) {
    double position = share * (sorted.length - 1);
    int below = (int) position;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  }

  /**
   * Returns how far the values lie apart, as a part of their median.
   *
   * @param values in any order, at least one; unchanged
   * @return (highest - lowest) / median
   */
  public static double spread(double[] values) {
    DoubleSummaryStatistics all = Arrays.stream(values).summaryStatistics();
    return (all.getMax() - all.getMin()) / median(values);
  }
}
