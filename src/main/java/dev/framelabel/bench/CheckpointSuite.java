package dev.framelabel.bench;

import dev.framelabel.kafka.Delivery;
import dev.framelabel.kafka.KafkaOptions;
import dev.framelabel.local.CheckpointFigures;
import dev.framelabel.pipeline.JobOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.common.IsolationLevel;

/**
 * What checkpoints cost: their size and duration by what a task has under way, and the frames a
 * second that they take away.
 */
final class CheckpointSuite {
  static final String NAME = "checkpoints";

  private static final int BATCH = 16;
  private static final int[] CAPACITIES = {64, 256, 1024};
  private static final Duration NEVER = Duration.ofDays(30);

  /** Twice what all tasks have under way. */
  private static final int FEWEST_FRAMES = 2 * JobRuns.PARALLELISM * 1024;

  private final BenchReport report;
  private final Bench.Settings settings;
  private final JobRuns runs;

  CheckpointSuite(BenchReport report, Bench.Settings settings, JobRuns runs) {
    this.report = report;
    this.settings = settings;
    this.runs = runs;
  }

  void run() throws Exception {
    loss();
    List<Map<String, Object>> rows = new ArrayList<>();
    sizes("640 x 480", BenchFrame.jpegsOfBytes(640, 480, 20_000), rows);
    sizes("1920 x 1080", BenchFrame.jpegsOfBytes(1920, 1080, 200_000), rows);
  }

  /** One run for each capacity; a figure is the median of its checkpoints. */
  private void sizes(String size, List<BenchFrame> frames, List<Map<String, Object>> rows)
      throws Exception {
    double meanBytes =
        frames.stream().mapToInt(frame -> frame.image().bytes().length()).average().orElseThrow();
    int count = Math.max(FEWEST_FRAMES, BareLoop.framesFor(settings, frames, BATCH));
    String topic = runs.fill(frames, count);
    for (int capacity : CAPACITIES) {
      Configuration options = runs.options(settings.model(), BATCH);
      options.set(JobOptions.IN_FLIGHT, capacity);
      CheckpointFigures figures =
          runs.job(topic, count, options, IsolationLevel.READ_COMMITTED, JobRuns.Job.OURS)
              .checkpoints()
              .orElseThrow();
      report.progress("checkpoints, %s, in flight %d: %s", size, capacity, figures);
      rows.add(row(size, meanBytes, capacity, figures));
      report.put(table(rows));
    }
    report.addRows(table(rows));
  }

  private static Table table(List<Map<String, Object>> rows) {
    return new Table(
        NAME,
        "size and duration, demo model, a checkpoint a second, " + JobRuns.PARALLELISM + " tasks",
        "",
        "",
        0,
        rows);
  }

  private static Map<String, Object> row(
      String size, double meanBytes, int capacity, CheckpointFigures figures) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("name", size + " JPEG, --in-flight " + capacity);
    row.put("frameKilobytes", BenchReport.round(meanBytes / 1e3));
    row.put("stateMegabytes", BenchReport.round(figures.medianBytes() / 1e6));
    row.put("medianMillis", figures.medianMillis());
    row.put("longestMillis", figures.longestMillis());
    row.put("checkpoints", figures.completed());
    return row;
  }

  private void loss() throws Exception {
    List<BenchFrame> frames = BenchFrame.jpegs(640, 480);
    Configuration none = runs.options(settings.model(), BATCH);
    none.set(KafkaOptions.DELIVERY, Delivery.AT_LEAST_ONCE);
    Configuration each = new Configuration(none);
    none.set(JobOptions.CHECKPOINT_INTERVAL, NEVER);
    Configuration exact = new Configuration(each);
    exact.set(KafkaOptions.DELIVERY, Delivery.EXACTLY_ONCE);
    int count = BareLoop.framesFor(settings, frames, BATCH);
    String topic = runs.fill(frames, count);
    report.contest(
        NAME,
        "throughput, demo model, 640 x 480 JPEG, results counted as they are written",
        "frames/s",
        "with a checkpoint a second at least 0.95 of none",
        new Contest()
            .enter("no checkpoints, at-least-once", () -> perSecond(topic, count, none))
            .enter("a checkpoint a second, at-least-once", () -> perSecond(topic, count, each))
            .enter("a checkpoint a second, exactly-once", () -> perSecond(topic, count, exact)),
        settings.rounds());
  }

  private double perSecond(String topic, int count, Configuration options) throws Exception {
    return runs.job(topic, count, options, IsolationLevel.READ_UNCOMMITTED, JobRuns.Job.OURS)
        .perSecond();
  }
}
