package dev.framelabel.bench;

import dev.framelabel.testing.cluster.Await;
import dev.framelabel.testing.cluster.FlinkProbe;
import dev.framelabel.testing.cluster.JavaProcess;
import dev.framelabel.tools.bench.BenchReport;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a TaskManager process holds, in megabytes of a million bytes.
 *
 * @param resident in the machine's memory
 * @param heapUsed live and dead objects
 * @param heap that the JVM has taken for objects
 * @param nonHeap classes and compiled code
 * @param direct buffers of Java outside the heap
 */
record MemoryUse(double resident, double heapUsed, double heap, double nonHeap, double direct) {
  private static final String HEAP_USED = "Status.JVM.Memory.Heap.Used";
  private static final String HEAP = "Status.JVM.Memory.Heap.Committed";
  private static final String NON_HEAP = "Status.JVM.Memory.NonHeap.Committed";
  private static final Duration FETCHED = Duration.ofMillis(500);
  private static final String DIRECT = "Status.JVM.Memory.Direct.MemoryUsed";

  /** Takes half a second: Flink's metrics are those of the question before. */
  static MemoryUse of(JavaProcess process, FlinkProbe rest) {
    List<String> names = List.of(HEAP_USED, HEAP, NON_HEAP, DIRECT);
    Map<String, Double> ignored = rest.taskManagerMetrics(names);
    Await.pause(FETCHED);
    Map<String, Double> metrics = rest.taskManagerMetrics(names);
    return new MemoryUse(
        process.residentKilobytes() * 1024 / 1e6,
        metrics.getOrDefault(HEAP_USED, 0.0) / 1e6,
        metrics.getOrDefault(HEAP, 0.0) / 1e6,
        metrics.getOrDefault(NON_HEAP, 0.0) / 1e6,
        metrics.getOrDefault(DIRECT, 0.0) / 1e6);
  }

  /**
   * Native libraries and what they take, threads' stacks, the JVM's own. Too low by what the JVM
   * has taken for the others and never touched.
   */
  double rest() {
    return resident - heap - nonHeap - direct;
  }

  Map<String, Object> row(double minutes, double perSecond) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("name", String.format(Locale.ROOT, "%.1f min", minutes));
    row.put("framesPerSecond", BenchReport.round(perSecond));
    row.put("resident", BenchReport.round(resident));
    row.put("heapUsed", BenchReport.round(heapUsed));
    row.put("heap", BenchReport.round(heap));
    row.put("nonHeap", BenchReport.round(nonHeap));
    row.put("direct", BenchReport.round(direct));
    row.put("rest", BenchReport.round(rest()));
    return row;
  }
}
