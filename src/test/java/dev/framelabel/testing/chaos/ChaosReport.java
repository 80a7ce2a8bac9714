package dev.framelabel.testing.chaos;

import dev.framelabel.tools.report.Json;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a run of random faults went.
 *
 * @param faults by name, in their order
 * @param recoverySecondsMedian from a fault's beginning to fresh committed labels of every camera
 * @param misjudged good frames that were rejected, and bad ones that were labelled or rejected as
 *     another kind
 * @param openTransactions of the job, at the end
 * @param heldBack records that readers of committed records do not reach at the end
 * @param hostile numbered frames that were spoilt, by kind
 * @param strange records of any bytes, fields and sizes
 * @param taskFailures tasks that failed, by the cause that Flink logged
 * @param workerPeakMegabytes the most that a TaskManager held in memory, where the system tells
 */
public record ChaosReport(
    long produced,
    long labelled,
    long rejected,
    long lost,
    long doubled,
    long invented,
    long outOfOrder,
    List<String> faults,
    double recoverySecondsMedian,
    double recoverySecondsWorst,
    long seed,
    long misjudged,
    long openTransactions,
    long heldBack,
    Map<Hostility, Integer> hostile,
    long strange,
    Map<String, Integer> taskFailures,
    long workerPeakMegabytes) {
  public ChaosReport {
    faults = List.copyOf(faults);
    hostile = Collections.unmodifiableSortedMap(new TreeMap<>(hostile));
    taskFailures = Collections.unmodifiableSortedMap(new TreeMap<>(taskFailures));
  }

  /**
   * Whether every frame came out exactly once, in order and on the right topic, and nothing holds
   * readers back.
   */
  public boolean exact() {
    return lost == 0
        && doubled == 0
        && invented == 0
        && outOfOrder == 0
        && misjudged == 0
        && openTransactions == 0
        && heldBack == 0;
  }

  public String toJson() {
    return Json.indented(this);
  }

  /** What else is told of a run. */
  record Surroundings(
      Map<Hostility, Integer> hostile,
      long strange,
      Map<String, Integer> taskFailures,
      long workerPeakMegabytes) {}

  static ChaosReport of(
      List<FaultRun.Recovery> recoveries, FaultRun.End end, long seed, Surroundings surroundings) {
    RecoveryTimes times = RecoveryTimes.of(recoveries);
    Verdict live = end.live();
    Verdict fresh = end.fresh();
    return new ChaosReport(
        fresh.produced(),
        fresh.labelled(),
        fresh.rejected(),
        Math.max(live.lost(), fresh.lost()),
        Math.max(live.doubled(), fresh.doubled()),
        Math.max(live.invented(), fresh.invented()),
        Math.max(live.outOfOrder(), fresh.outOfOrder()),
        recoveries.stream().map(FaultRun.Recovery::fault).toList(),
        times.median(),
        times.worst(),
        seed,
        Math.max(live.misjudged(), fresh.misjudged()),
        end.open().size(),
        end.heldBack(),
        surroundings.hostile(),
        surroundings.strange(),
        surroundings.taskFailures(),
        surroundings.workerPeakMegabytes());
  }
}
