package dev.framelabel.bench;

import org.apache.flink.runtime.checkpoint.CheckpointStatsSnapshot;
import org.apache.flink.runtime.util.stats.StatsSummarySnapshot;

/**
 * Size and duration of a job's checkpoints.
 *
 * @param completed how many were
 * @param medianBytes of state
 * @param medianMillis from trigger to completion
 * @param longestMillis from trigger to completion
 */
record CheckpointFigures(long completed, long medianBytes, long medianMillis, long longestMillis) {
  static CheckpointFigures of(CheckpointStatsSnapshot checkpoints) {
    StatsSummarySnapshot size = checkpoints.getSummaryStats().getStateSizeStats();
    StatsSummarySnapshot duration = checkpoints.getSummaryStats().getEndToEndDurationStats();
    return size.getCount() == 0
        ? new CheckpointFigures(0, 0, 0, 0)
        : new CheckpointFigures(
            size.getCount(),
            Math.round(size.getQuantile(0.5)),
            Math.round(duration.getQuantile(0.5)),
            duration.getMaximum());
  }
}
