package dev.framelabel.tools.report;

import java.util.Arrays;
import java.util.DoubleSummaryStatistics;

/** What reports say of many figures of one kind. */
public final class Statistics {
  private Statistics() {}

  /**
   * @param values in any order, at least one; unchanged
   * @return the middle one; of an even number, the mean of the two in the middle
   */
  public static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /**
   * @param values in any order, at least one; unchanged
   * @return (highest - lowest) / median
   */
  public static double spread(double[] values) {
    DoubleSummaryStatistics all = Arrays.stream(values).summaryStatistics();
    return (all.getMax() - all.getMin()) / median(values);
  }
}
