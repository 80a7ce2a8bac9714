package dev.framelabel.tools.bench;

import dev.framelabel.tools.report.Statistics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measurement of contestants side by side: every round runs each of them once, so that a
 * disturbance of the machine hits all of them. Each round begins with another contestant, because
 * the one that ran before can have an effect. A figure is the median over the rounds.
 */
public final class Contest {
  private final Map<String, Contestant> contestants = new LinkedHashMap<>();

  /** Contestant that can be measured again and again. */
  @FunctionalInterface
  public interface Contestant {
    /** Runs once and returns how much it did in a second. */
    double perSecond() throws Exception;
  }

  /** Listener that is told each figure as it comes. */
  @FunctionalInterface
  interface FigureListener {
    /**
     * Takes the figure of one run.
     *
     * @param round from 1; 0: the one that does not count
     */
    void measured(int round, String name, double perSecond);
  }

  /** Listener that is told the results after each round that counts. */
  @FunctionalInterface
  interface RoundListener {
    /**
     * Takes the results of the rounds so far.
     *
     * @param rounds so far
     */
    void ended(int rounds, List<Result> results);
  }

  /**
   * A contestant's figures.
   *
   * @param perSecond median over the rounds
   * @param spread (highest - lowest) / median
   * @param ratio how often the first contestant's figure goes into this one's: median over the
   *     rounds
   * @param values of the rounds
   */
  public record Result(
      String name, double perSecond, double spread, double ratio, List<Double> values) {
    public Result {
      values = List.copyOf(values);
    }
  }

  /** Adds a contestant; the others are compared with the first one. */
  public Contest enter(String name, Contestant contestant) {
    contestants.put(name, contestant);
    return this;
  }

  /** Runs the rounds, after one that does not count. */
  List<Result> run(int rounds, FigureListener figures, RoundListener ends) throws Exception {
    List<Map.Entry<String, Contestant>> order = List.copyOf(contestants.entrySet());
    List<double[]> counted = new ArrayList<>();
    List<Result> results = List.of();
    for (int round = 0; round <= rounds; round++) {
      double[] figure = new double[contestants.size()];
      for (int turn = 0; turn < figure.length; turn++) {
        int at = (round + turn) % figure.length;
        Map.Entry<String, Contestant> contestant = order.get(at);
        figure[at] = contestant.getValue().perSecond();
        figures.measured(round, contestant.getKey(), figure[at]);
      }
      if (round > 0) {
        counted.add(figure);
        results = results(counted);
        ends.ended(round, results);
      }
    }
    return results;
  }

  private List<Result> results(List<double[]> figures) {
    List<Result> results = new ArrayList<>();
    int at = 0;
    for (String name : contestants.keySet()) {
      results.add(result(name, figures, at++));
    }
    return results;
  }

  private static Result result(String name, List<double[]> figures, int at) {
    double[] own = figures.stream().mapToDouble(figure -> figure[at]).toArray();
    double[] ratios = figures.stream().mapToDouble(figure -> figure[at] / figure[0]).toArray();
    return new Result(
        name,
        Statistics.median(own),
        Statistics.spread(own),
        Statistics.median(ratios),
        Arrays.stream(own).boxed().toList());
  }
}
