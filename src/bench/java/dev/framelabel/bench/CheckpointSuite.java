package dev.framelabel.bench;

import dev.framelabel.config.Delivery;
import dev.framelabel.config.JobOptions;
import dev.framelabel.config.KafkaOptions;
import dev.framelabel.model.ModelOpener;
import dev.framelabel.tools.bench.BenchFrame;
import dev.framelabel.tools.bench.BenchReport;
import dev.framelabel.tools.bench.Contest;
import dev.framelabel.tools.bench.JobRuns;
import dev.framelabel.tools.bench.Table;
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
  private static final int MOST_ROUNDS_OF_SIZES = 5;
  private static final Duration NEVER = Duration.ofDays(30);

  /** Twice what all tasks have under way. */
  private static final int FEWEST_FRAMES = 2 * JobRuns.PARALLELISM * 1024;

  private final BenchReport report;
  private final Lab.Settings settings;
  private final JobRuns runs;

  /**
   * What checkpoints are measured with.
   *
   * @param size of the pictures, in words
   * @param capacity frames that a task may have under way
   * @param topic with so many frames
   */
  private record Setting(
      String size, int capacity, double frameKilobytes, String topic, int count) {
    String name() {
      return size + " JPEG, --in-flight " + capacity;
    }
  }

  CheckpointSuite(BenchReport report, Lab.Settings settings, JobRuns runs) {
    this.report = report;
    this.settings = settings;
    this.runs = runs;
  }

  void run() throws Exception {
    loss();
    sizes();
  }

  /** Each setting runs once in each round; its figure there is the median of its checkpoints. */
  private void sizes() throws Exception {
    List<Setting> all = new ArrayList<>();
    addSettings("640 x 480", SizedFrames.jpegs(640, 480, 20_000), all);
    addSettings("1920 x 1080", SizedFrames.jpegs(1920, 1080, 200_000), all);
    Map<Setting, List<CheckpointFigures>> seen = new LinkedHashMap<>();
    int rounds = Math.min(MOST_ROUNDS_OF_SIZES, settings.rounds());
    for (int round = 0; round <= rounds; round++) {
      for (Setting setting : all) {
        CheckpointFigures figures = figures(setting);
        report.progress(
            "checkpoints, %s, %s: %s",
            setting.name(), round == 0 ? "warm-up" : "round " + round, figures);
        if (round > 0) {
          seen.computeIfAbsent(setting, any -> new ArrayList<>()).add(figures);
        }
      }
      if (round > 0) {
        report.put(table(round, seen));
      }
    }
    report.addRows(table(rounds, seen));
  }

  private void addSettings(String size, List<BenchFrame> frames, List<Setting> all) {
    double meanBytes =
        frames.stream().mapToInt(frame -> frame.image().bytes().length()).average().orElseThrow();
    int count = Math.max(FEWEST_FRAMES, Lab.framesFor(settings, frames, BATCH));
    String topic = runs.fill(frames, count);
    for (int capacity : CAPACITIES) {
      all.add(new Setting(size, capacity, meanBytes / 1e3, topic, count));
    }
  }

  private CheckpointFigures figures(Setting setting) throws Exception {
    Configuration options = runs.options(settings.model(), BATCH);
    options.set(JobOptions.IN_FLIGHT, setting.capacity());
    CheckpointFigures[] figures = new CheckpointFigures[1];
    double ignored =
        runs.job(
            setting.topic(),
            setting.count(),
            options,
            IsolationLevel.READ_COMMITTED,
            JobRuns.framelabel(ModelOpener.ONNX),
            running -> figures[0] = CheckpointFigures.of(running.checkpoints()));
    return figures[0];
  }

  private static Table table(int rounds, Map<Setting, List<CheckpointFigures>> seen) {
    List<Map<String, Object>> rows = new ArrayList<>();
    seen.forEach((setting, figures) -> rows.add(row(setting, figures)));
    return new Table(
        NAME,
        "size and duration, demo model, a checkpoint a second, " + JobRuns.PARALLELISM + " tasks",
        "",
        "",
        rounds,
        rows);
  }

  private static Map<String, Object> row(Setting setting, List<CheckpointFigures> figures) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("name", setting.name());
    row.put("frameKilobytes", BenchReport.round(setting.frameKilobytes()));
    row.put("stateMegabytes", BenchReport.median(figures, each -> each.medianBytes() / 1e6));
    row.put("stateSpread", BenchReport.spread(figures, CheckpointFigures::medianBytes));
    row.put("medianMillis", BenchReport.median(figures, CheckpointFigures::medianMillis));
    row.put("durationSpread", BenchReport.spread(figures, CheckpointFigures::medianMillis));
    row.put("longestMillis", Lab.most(figures, CheckpointFigures::longestMillis));
    row.put("checkpoints", figures.stream().mapToLong(CheckpointFigures::completed).sum());
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
    int count = Lab.framesFor(settings, frames, BATCH);
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
    return runs.job(
        topic,
        count,
        options,
        IsolationLevel.READ_UNCOMMITTED,
        JobRuns.framelabel(ModelOpener.ONNX));
  }
}
