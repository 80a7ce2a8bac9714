package dev.framelabel.bench;

import dev.framelabel.bench.CpuTimes.Worker;
import dev.framelabel.config.JobOptions;
import dev.framelabel.model.LabelModel;
import dev.framelabel.model.SimulatedLabelModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.common.IsolationLevel;

/**
 * The whole way, from a topic that is full of frames to a read_committed reader, against the bare
 * loop and against what people write today: same broker, frames, model and checkpoints, everything
 * in this JVM.
 */
final class PipelineSuite {
  static final String NAME = "pipeline";
  static final String OURS = "Framelabel";
  private static final String ONE_STREAM = "with --concurrent-batches 1";
  static final String BARE = "bare loop: decode and model, no Kafka or Flink";
  static final List<String> PARTS = List.of("demo", "full", "accelerator", "baselines");

  private static final int[][] SIZES = {{640, 480}, {1280, 720}};

  /** Steps of 2 ms and 0.12 ms a frame. */
  private static final String STEP = "2000:120";

  private static final int BATCH = 16;

  /** The full network takes long for a frame, and a commit holds whole batches. */
  private static final int FULL_BATCH = 4;

  /** The others are slower, and would take minutes for all frames. */
  private static final int SHARE_OF_OTHERS = 3;

  private final BenchReport report;
  private final Bench.Settings settings;
  private final JobRuns runs;

  PipelineSuite(BenchReport report, Bench.Settings settings, JobRuns runs) {
    this.report = report;
    this.settings = settings;
    this.runs = runs;
  }

  /**
   * One comparison.
   *
   * @param model file or simulated
   * @param batchSize of the job and of the bare loop
   * @param seconds that a run of the bare loop takes
   */
  private record Setup(
      String title, Path model, int batchSize, List<BenchFrame> frames, double seconds) {}

  void run(Set<String> parts) throws Exception {
    if (parts.contains("demo")) {
      demo();
    }
    if (parts.contains("full")) {
      full();
    }
    if (parts.contains("accelerator")) {
      accelerator();
    }
    if (parts.contains("baselines")) {
      baselines();
    }
  }

  private void full() throws Exception {
    for (int[] size : SIZES) {
      Contest.Result ignored =
          against(
              new Setup(
                  title("full Xception 299 x 299, " + size[0] + " x " + size[1] + " JPEG"),
                  settings.fullXception(),
                  batch(settings.accelerator() ? BATCH : FULL_BATCH),
                  BenchFrame.jpegs(size[0], size[1]),
                  2 * settings.seconds()),
              "Framelabel at least 0.95 of the bare loop",
              new ArrayList<>());
    }
  }

  private void demo() throws Exception {
    for (int[] size : SIZES) {
      Setup setup =
          new Setup(
              title("demo model, " + size[0] + " x " + size[1] + " JPEG"),
              settings.model(),
              batch(BATCH),
              BenchFrame.jpegs(size[0], size[1]),
              settings.seconds());
      List<Cost> costs = new ArrayList<>();
      Contest.Result ignored = against(setup, "Framelabel at least 0.80 of the bare loop", costs);
      cost(setup, costs);
    }
  }

  private void accelerator() throws Exception {
    List<Cost> costs = new ArrayList<>();
    Setup raw =
        new Setup(
            title("simulated accelerator, raw RGB"),
            device(71),
            batch(BATCH),
            BenchFrame.raw(),
            seconds());
    share(raw, against(raw, "Framelabel at least 0.90 of what the device allows", costs).values());
    cost(raw, costs);
    for (int side : new int[] {71, 299}) {
      Setup jpegs =
          new Setup(
              title("simulated accelerator, 640 x 480 JPEG to " + side + " x " + side),
              device(side),
              batch(BATCH),
              BenchFrame.jpegs(640, 480),
              seconds());
      List<Cost> ofJpegs = new ArrayList<>();
      Contest.Result ignored = against(jpegs, "as far as the cores carry decoding", ofJpegs);
      cost(jpegs, ofJpegs);
    }
  }

  private String title(String own) {
    return settings.batchSize().isEmpty()
        ? own
        : own + ", batches of " + settings.batchSize().getAsInt();
  }

  private int batch(int own) {
    return settings.batchSize().orElse(own);
  }

  private double seconds() {
    return settings.seconds();
  }

  private static Path device(int side) {
    return Path.of("simulated:" + side + ":10:" + STEP);
  }

  /**
   * Against the bare loop; returns Framelabel's figures.
   *
   * @param costs takes what each run of Framelabel cost
   */
  private Contest.Result against(Setup setup, String target, List<Cost> costs) throws Exception {
    try (LabelModel model = LabelModel.open(setup.model(), settings.session(setup.batchSize()));
        BareLoop loop = new BareLoop(model, setup.frames(), setup.batchSize())) {
      int count = loop.framesFor(setup.seconds());
      String topic = runs.fill(setup.frames(), count);
      Contest contest =
          new Contest()
              .enter(BARE, () -> loop.perSecond(setup.seconds()))
              .enter(OURS, () -> ours(setup, topic, count, costs))
              .enter(ONE_STREAM, () -> oneStream(setup, topic, count));
      List<Contest.Result> results =
          report.contest(
              NAME, setup.title(), "committed frames/s", target, contest, settings.rounds());
      return results.get(1);
    }
  }

  private double ours(Setup setup, String topic, int count, List<Cost> costs) throws Exception {
    JobRuns.Run run = run(topic, count, options(setup), JobRuns.Job.OURS);
    costs.add(run.cost());
    return run.perSecond();
  }

  private double oneStream(Setup setup, String topic, int count) throws Exception {
    Configuration options = options(setup);
    options.set(JobOptions.CONCURRENT_BATCHES, 1);
    return run(topic, count, options, JobRuns.Job.OURS).perSecond();
  }

  private double theirs(Setup setup, String topic, int count, JobRuns.Job job) throws Exception {
    return run(topic, count, options(setup), job).perSecond();
  }

  private Configuration options(Setup setup) {
    return runs.options(setup.model(), setup.batchSize());
  }

  private JobRuns.Run run(String topic, int count, Configuration options, JobRuns.Job job)
      throws Exception {
    return runs.job(topic, count, options, IsolationLevel.READ_COMMITTED, job);
  }

  /** How busy the simulated device was. */
  private void share(Setup setup, List<Double> perSecond) {
    double most = SimulatedLabelModel.parse(setup.model()).capacity(setup.batchSize());
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("name", OURS);
    row.put("perSecond", BenchReport.median(perSecond, rate -> rate));
    row.put("deviceAllows", BenchReport.round(most));
    row.put("share", BenchReport.median(perSecond, rate -> rate / most));
    row.put("spread", BenchReport.spread(perSecond, rate -> rate / most));
    report.addRows(
        new Table(
            NAME,
            "share of what the simulated accelerator allows",
            "frames/s",
            "0.90",
            perSecond.size(),
            List.of(row)));
  }

  /** Who kept the cores busy. The first run, in which the compiler is at work, does not count. */
  private void cost(Setup setup, List<Cost> costs) {
    if (costs.contains(Cost.UNKNOWN)) {
      report.progress("this system does not say what threads cost");
      return;
    }
    List<Cost> counted = costs.subList(1, costs.size());
    Map<String, Object> medians = new LinkedHashMap<>();
    Map<String, Object> spreads = new LinkedHashMap<>();
    medians.put("name", setup.title());
    spreads.put("name", "its spread");
    Map<String, ToDoubleFunction<Cost>> parts = new LinkedHashMap<>();
    parts.put("job", Cost::job);
    for (Worker worker : Worker.values()) {
      parts.put(worker.name(), cost -> cost.of(worker));
    }
    parts.forEach(
        (name, part) -> {
          medians.put(name, BenchReport.median(counted, part));
          spreads.put(name, BenchReport.spread(counted, part));
        });
    report.addRows(
        new Table(
            NAME,
            "cores for 1,000 frames/s: " + setup.title(),
            "cores",
            "",
            counted.size(),
            List.of(medians, spreads)));
  }

  private void baselines() throws Exception {
    againstOthers(
        new Setup(
            title("demo model, 640 x 480 JPEG, against what people write today"),
            settings.model(),
            batch(BATCH),
            BenchFrame.jpegs(640, 480),
            seconds()),
        "Framelabel faster than each");
    againstOthers(
        new Setup(
            title("simulated accelerator, raw RGB, against what people write today"),
            device(71),
            batch(BATCH),
            BenchFrame.raw(),
            seconds()),
        "Framelabel at least 4 times as fast as each");
  }

  private void againstOthers(Setup setup, String target) throws Exception {
    try (LabelModel model = LabelModel.open(setup.model(), settings.session(setup.batchSize()));
        BareLoop loop = new BareLoop(model, setup.frames(), setup.batchSize())) {
      int count = loop.framesFor(setup.seconds());
      String topic = runs.fill(setup.frames(), count);
      int part = count / SHARE_OF_OTHERS;
      Contest contest =
          new Contest()
              .enter(OURS, () -> theirs(setup, topic, count, JobRuns.Job.OURS))
              .enter(
                  "Flink map, one frame at a time",
                  () -> theirs(setup, topic, part, (e, j, f) -> FlinkBaselines.addMapJob(e, j)))
              .enter(
                  "Flink async, one frame a call",
                  () -> theirs(setup, topic, part, (e, j, f) -> FlinkBaselines.addAsyncJob(e, j)))
              .enter(
                  "Kafka Streams, one frame at a time",
                  () -> runs.streams(topic, part, setup.model()).perSecond());
      report.contest(NAME, setup.title(), "committed frames/s", target, contest, settings.rounds());
    }
  }
}
