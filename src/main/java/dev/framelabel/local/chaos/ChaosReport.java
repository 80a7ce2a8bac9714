package dev.framelabel.local.chaos;

import dev.framelabel.report.Json;
import java.util.List;

/**
 * How a run of random faults went.
 *
 * @param faults by name, in their order
 * @param recoverySecondsMedian from a fault's beginning to fresh committed labels of every camera
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
    long seed) {
  public ChaosReport {
    faults = List.copyOf(faults);
  }

  /** Whether every frame came out exactly once, in order. */
  public boolean exact() {
    return lost == 0 && doubled == 0 && invented == 0 && outOfOrder == 0;
  }

  public String toJson() {
    return Json.indented(this);
  }

  static ChaosReport of(List<FaultRun.Recovery> recoveries, FaultRun.End end, long seed) {
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
        seed);
  }
}
