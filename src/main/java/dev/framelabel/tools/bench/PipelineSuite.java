package dev.framelabel.tools.bench;

import dev.framelabel.config.JobOptions;
import dev.framelabel.model.LabelModel;
import dev.framelabel.model.ModelOpener;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.common.IsolationLevel;

/**
 * Suite for the whole job, from a topic that is full of frames to a read_committed reader, against
 * the bare loop: same frames, model and threads, everything in this JVM.
 */
public final class PipelineSuite {
  public static final String NAME = "pipeline";
  public static final String OURS = "Framelabel";

  /** Largest batch of the demo's model and of the simulated accelerator. */
  public static final int BATCH = 16;

  private static final String ONE_STREAM = "with --concurrent-batches 1";
  private static final String BARE = "bare loop: decode and model, no Kafka or Flink";
  private static final int[][] SIZES = {{640, 480}, {1280, 720}};

  /** The full network takes long for a frame on a CPU, and a commit holds whole batches. */
  private static final int FULL_BATCH = 4;

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
   * @param model file that the opener is given
   * @param batchSize largest batch, of the job and of the bare loop
   * @param seconds that a run of the bare loop takes
   */
  private record Setup(
      String title,
      Path model,
      ModelOpener opener,
      int batchSize,
      List<BenchFrame> frames,
      double seconds) {}

  void run() throws Exception {
    Set<String> parts = settings.parts();
    if (parts.contains("demo")) {
      demo();
    }
    if (parts.contains("full")) {
      full();
    }
    if (parts.contains("accelerator")) {
      accelerator();
    }
  }

  private void demo() throws Exception {
    for (int[] size : SIZES) {
      Contest.Result ignored =
          against(
              new Setup(
                  title("demo model, " + size[0] + " x " + size[1] + " JPEG"),
                  settings.model(),
                  ModelOpener.ONNX,
                  batch(BATCH),
                  BenchFrame.jpegs(size[0], size[1]),
                  settings.seconds()),
              "Framelabel at least 0.80 of the bare loop");
    }
  }

  private void full() throws Exception {
    for (int[] size : SIZES) {
      Contest.Result ignored =
          against(
              new Setup(
                  title("full Xception 299 x 299, " + size[0] + " x " + size[1] + " JPEG"),
                  settings.fullXception(),
                  ModelOpener.ONNX,
                  batch(settings.accelerator() ? BATCH : FULL_BATCH),
                  BenchFrame.jpegs(size[0], size[1]),
                  2 * settings.seconds()),
              "Framelabel at least 0.95 of the bare loop");
    }
  }

  private void accelerator() throws Exception {
    SimulatedAccelerator device = simulated(71);
    Setup raw = simulated("simulated accelerator, raw RGB", device, BenchFrame.raw());
    share(
        device.capacity(raw.batchSize()),
        against(raw, "Framelabel at least 0.90 of what the device allows").values());
    for (int side : new int[] {71, 299}) {
      Contest.Result ignored =
          against(
              simulated(
                  "simulated accelerator, 640 x 480 JPEG to " + side + " x " + side,
                  simulated(side),
                  BenchFrame.jpegs(640, 480)),
              "as far as the cores carry decoding");
    }
  }

  /** Returns the suite's accelerator: 2 ms for a batch and 0.12 ms for each frame of it. */
  public static SimulatedAccelerator simulated(int side) {
    return new SimulatedAccelerator(side, 10, Duration.ofMillis(2), Duration.ofNanos(120_000));
  }

  private Setup simulated(String title, SimulatedAccelerator device, List<BenchFrame> frames) {
    return new Setup(
        title(title), Path.of("simulated"), device, batch(BATCH), frames, settings.seconds());
  }

  private String title(String own) {
    return settings.batchSize().isEmpty()
        ? own
        : own + ", batches of " + settings.batchSize().getAsInt();
  }

  private int batch(int own) {
    return settings.batchSize().orElse(own);
  }

  /** Runs the job against the bare loop, and returns the job's result. */
  private Contest.Result against(Setup setup, String target) throws Exception {
    try (LabelModel model =
            setup.opener().open(setup.model(), settings.session(setup.batchSize()));
        BareLoop loop = new BareLoop(model, setup.frames(), setup.batchSize())) {
      int count = loop.framesFor(setup.seconds());
      String topic = runs.fill(setup.frames(), count);
      Configuration usual = runs.options(setup.model(), setup.batchSize());
      Configuration oneStream = new Configuration(usual);
      oneStream.set(JobOptions.CONCURRENT_BATCHES, 1);
      Contest contest =
          new Contest()
              .enter(BARE, () -> loop.perSecond(setup.seconds()))
              .enter(OURS, () -> job(topic, count, usual, setup.opener()))
              .enter(ONE_STREAM, () -> job(topic, count, oneStream, setup.opener()));
      List<Contest.Result> results =
          report.contest(
              NAME, setup.title(), "committed frames/s", target, contest, settings.rounds());
      return results.get(1);
    }
  }

  private double job(String topic, int count, Configuration options, ModelOpener opener)
      throws Exception {
    return runs.job(
        topic, count, options, IsolationLevel.READ_COMMITTED, JobRuns.framelabel(opener));
  }

  /** Adds the busy ratio of the simulated accelerator. */
  private void share(double capacity, List<Double> perSecond) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("name", OURS);
    row.put("perSecond", BenchReport.median(perSecond, rate -> rate));
    row.put("deviceAllows", BenchReport.round(capacity));
    row.put("share", BenchReport.median(perSecond, rate -> rate / capacity));
    row.put("spread", BenchReport.spread(perSecond, rate -> rate / capacity));
    report.addRows(
        new Table(
            NAME,
            "share of what the simulated accelerator allows",
            "frames/s",
            "0.90",
            perSecond.size(),
            List.of(row)));
  }
}
