package dev.framelabel.tools.flinkrest;

import java.util.List;
import java.util.Map;

/**
 * Facts that a Flink cluster reports.
 *
 * @param version of Flink
 * @param freeSlots task slots without a task
 * @param settings of the JobManager, by key
 */
public record ClusterFacts(
    String version, int freeSlots, List<Worker> workers, Map<String, String> settings) {
  public ClusterFacts {
    workers = List.copyOf(workers);
    settings = Map.copyOf(settings);
  }

  /**
   * A TaskManager.
   *
   * @param cores that it sees
   * @param heapBytes of its tasks
   * @param offHeapBytes of its tasks
   */
  public record Worker(int slots, int cores, long heapBytes, long offHeapBytes) {}
}
