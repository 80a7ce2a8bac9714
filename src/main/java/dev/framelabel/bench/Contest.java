package dev.framelabel.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures contestants side by side: all of them in each round, one after the other, so that what
 * disturbs the machine disturbs all alike. A figure is the median over the rounds.
 */
public final class Contest {
  private final Map<String, Contestant> contestants = new LinkedHashMap<>();

  /** Something that can be measured again and again. */
  @FunctionalInterface
  public interface Contestant {
    /** Runs once and returns how much it did in a second. */
    double perSecond() throws Exception;
  }

  /**
   * A contestant's figures.
   *
   * @param perSecond median over the rounds
   * @param spread (highest - lowest) / median
   * @param ratio how often the first contestant's figure goes into this one's: median over the
   *     rounds
   */
  public record Result(String name, double perSecond, double spread, double ratio) {}

  /** The contestant that is entered first is the one that the others are compared with. */
  public Contest enter(String name, Contestant contestant) {
    contestants.put(name, contestant);
    return this;
  }

  /** Runs the rounds, after one that does not count. */
  public List<Result> run(int rounds) throws Exception {
    List<double[]> figures = new ArrayList<>();
    for (int round = -1; round < rounds; round++) {
      double[] figure = new double[contestants.size()];
      int at = 0;
      for (Contestant contestant : contestants.values()) {
        figure[at++] = contestant.perSecond();
      }
      if (round >= 0) {
        figures.add(figure);
      }
    }
    List<Result> results = new ArrayList<>();
    int at = 0;
    for (String name : contestants.keySet()) {
      results.add(result(name, figures, at++));
    }
    return results;
  }

  private static Result result(String name, List<double[]> figures, int at) {
    double[] own = figures.stream().mapToDouble(figure -> figure[at]).sorted().toArray();
    double[] ratios = figures.stream().mapToDouble(figure -> figure[at] / figure[0]).toArray();
    double median = median(own);
    return new Result(name, median, (own[own.length - 1] - own[0]) / median, median(ratios));
  }

  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
