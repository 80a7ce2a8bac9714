package dev.framelabel.bench;

import dev.framelabel.local.EmbeddedBroker;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The product's benchmark: every figure is measured beside what it is compared with, in one run.
 */
public final class Bench {
  public static final List<String> SUITES =
      List.of("decode", "session", "graph", "batch", "pipeline");

  private static final int PICTURES = 32;
  private static final Path SIMULATED = Path.of("simulated:71:10:2000:120");

  private final Settings settings;
  private final BenchReport report;

  /**
   * @param suites of {@link #SUITES}
   * @param model the demo's model
   * @param fullModel an Xception of 299x299 pixels, or empty to leave it out
   * @param reference another ONNX file of the same network as {@code model}, or empty to leave out
   *     the graph suite
   * @param rounds that count, from 1
   * @param folder empty, for the broker's data
   */
  public record Settings(
      Set<String> suites,
      Path model,
      Optional<Path> fullModel,
      Optional<Path> reference,
      String device,
      int rounds,
      double seconds,
      Path folder) {}

  public Bench(Settings settings, PrintWriter out) {
    this.settings = settings;
    this.report = new BenchReport(out);
  }

  /** Runs the suites and returns their figures. */
  public BenchReport run() throws Exception {
    if (settings.suites().contains("decode")) {
      new DecodeSuite(report, settings.rounds()).run();
      new DecodeAccuracy(report, settings.model()).run();
    }
    if (settings.suites().contains("session")) {
      new SessionSuite(report, settings.rounds(), settings.model(), settings.device()).run();
    }
    if (settings.suites().contains("graph") && settings.reference().isPresent()) {
      new GraphSuite(report, settings.rounds(), settings.device())
          .run(settings.model(), settings.reference().get());
    }
    if (settings.suites().contains("batch")) {
      new BatchSuite(report).run();
      new PolicySweep(report, settings.rounds()).run();
    }
    if (settings.suites().contains("pipeline")) {
      try (EmbeddedBroker broker = EmbeddedBroker.start(settings.folder())) {
        pipeline(new PipelineSuite(report, settings.rounds(), broker, settings.folder()));
      }
    }
    return report;
  }

  private void pipeline(PipelineSuite suite) throws Exception {
    List<BenchFrame> jpegs = jpegs(640, 480);
    suite.run(
        new PipelineSuite.Setup(
            "demo model, 640 x 480 JPEG",
            settings.model(),
            16,
            jpegs,
            settings.seconds(),
            true,
            "Framelabel at least 0.80 of the bare loop, and faster than each of the others"));
    suite.run(
        new PipelineSuite.Setup(
            "demo model, 1280 x 720 JPEG",
            settings.model(),
            16,
            jpegs(1280, 720),
            settings.seconds(),
            false,
            "Framelabel at least 0.80 of the bare loop"));
    suite.run(
        new PipelineSuite.Setup(
            "simulated accelerator (2 ms + 0.12 ms a frame), raw RGB",
            SIMULATED,
            16,
            raw(),
            settings.seconds(),
            true,
            "Framelabel at least 0.90 of the bare loop, and at least 4 times each of the others"));
    suite.run(
        new PipelineSuite.Setup(
            "simulated accelerator (2 ms + 0.12 ms a frame), 640 x 480 JPEG",
            SIMULATED,
            16,
            jpegs,
            settings.seconds(),
            true,
            "as far as the cores carry decoding"));
    if (settings.fullModel().isPresent()) {
      suite.run(
          new PipelineSuite.Setup(
              "full Xception 299 x 299, 640 x 480 JPEG",
              settings.fullModel().get(),
              8,
              jpegs,
              3 * settings.seconds(),
              false,
              "Framelabel at least 0.95 of the bare loop"));
    }
  }

  private static List<BenchFrame> jpegs(int width, int height) {
    BenchPictures pictures = new BenchPictures();
    List<BenchFrame> frames = new ArrayList<>();
    for (int seed = 0; seed < PICTURES; seed++) {
      frames.add(BenchFrame.jpeg(pictures.jpeg(width, height, seed)));
    }
    return frames;
  }

  private static List<BenchFrame> raw() {
    List<BenchFrame> frames = new ArrayList<>();
    for (int seed = 0; seed < PICTURES; seed++) {
      frames.add(BenchFrame.raw(71, seed));
    }
    return frames;
  }
}
