package dev.framelabel.testing.chaos;

import dev.framelabel.tools.report.Statistics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How long recoveries took, by fault. Not thread-safe. */
final class RecoveryTimes {
  private final Map<String, List<Double>> secondsByFault = new LinkedHashMap<>();

  static RecoveryTimes of(List<FaultRun.Recovery> recoveries) {
    RecoveryTimes times = new RecoveryTimes();
    recoveries.forEach(one -> times.add(one.fault(), one.seconds()));
    return times;
  }

  void add(String fault, double seconds) {
    secondsByFault.computeIfAbsent(fault, ignored -> new ArrayList<>()).add(seconds);
  }

  /** Of all faults, in seconds; 0 where none happened. */
  double median() {
    return median(all());
  }

  /** Of all faults, in seconds; 0 where none happened. */
  double worst() {
    return worst(all());
  }

  private List<Double> all() {
    return secondsByFault.values().stream().flatMap(List::stream).toList();
  }

  private static double median(List<Double> seconds) {
    return seconds.isEmpty()
        ? 0
        : Statistics.median(seconds.stream().mapToDouble(Double::doubleValue).toArray());
  }

  private static double worst(List<Double> seconds) {
    return seconds.stream().mapToDouble(Double::doubleValue).max().orElse(0);
  }

  /** Each fault, in the order of their first times: how often, median and worst recovery. */
  String table() {
    StringBuilder text =
        new StringBuilder(
            String.format("%-36s %5s %9s %9s%n", "fault", "times", "median", "worst"));
    secondsByFault.forEach(
        (fault, seconds) ->
            text.append(
                String.format(
                    "%-36s %5d %7.1f s %7.1f s%n",
                    fault, seconds.size(), median(seconds), worst(seconds))));
    return text.toString();
  }
}
