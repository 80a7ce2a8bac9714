package dev.framelabel.bench;

import dev.framelabel.local.cluster.AppFolder;
import dev.framelabel.model.Device;
import dev.framelabel.model.SessionSettings;
import dev.framelabel.tools.demo.EmbeddedBroker;
import dev.framelabel.tools.modelkit.PackageMetadata;
import dev.framelabel.tools.modelkit.Xception;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The product's benchmark: every figure is measured beside what it is compared with, in one run.
 */
public final class Bench {
  public static final List<String> SUITES =
      List.of(
          "decode",
          "session",
          "graph",
          "batch",
          PipelineSuite.NAME,
          CheckpointSuite.NAME,
          ThreadsSuite.NAME,
          AllocationSuite.NAME,
          MemorySuite.NAME);

  /** Parts of the pipeline and the memory suite. */
  public static final List<String> PARTS = PipelineSuite.PARTS;

  private static final Set<String> WITH_BROKER =
      Set.of(PipelineSuite.NAME, CheckpointSuite.NAME, ThreadsSuite.NAME);

  private final Settings settings;
  private final BenchReport report;

  /**
   * @param suites of {@link #SUITES}
   * @param parts of {@link #PARTS}
   * @param model the demo's model
   * @param fullModel an Xception of 299x299 pixels, or empty to make one with random weights
   * @param reference another ONNX file of the same network as {@code model}, or empty to leave out
   *     the graph suite
   * @param batchSize of the pipeline suite's jobs and bare loops, or empty for its own
   * @param rounds that count, from 1
   * @param seconds of a run of the suites that run jobs
   * @param minutes of a run of the memory suite
   * @param appFolder of the build, for processes
   * @param folder empty, for the broker's data
   */
  public record Settings(
      Set<String> suites,
      Set<String> parts,
      Path model,
      Optional<Path> fullModel,
      Optional<Path> reference,
      String device,
      OptionalInt batchSize,
      int rounds,
      double seconds,
      double minutes,
      Path appFolder,
      Path folder) {

    AppFolder app() {
      return new AppFolder(appFolder);
    }

    /** Of a session on the device, with the threads that a job gives it. */
    SessionSettings session(int maxBatch) {
      return new SessionSettings(
          device, SessionSettings.threadsBeside(BareLoop.STREAMS), false, maxBatch, "");
    }

    boolean accelerator() {
      return Device.parse(device).isAccelerator();
    }

    /** The file of the paper's network; made when it is first asked for. */
    Path fullXception() {
      if (fullModel.isPresent()) {
        return fullModel.get();
      }
      Path file = folder.resolve("xception-random.onnx");
      if (!Files.exists(file)) {
        List<String> labels = IntStream.range(0, 1000).mapToObj(i -> "class " + i).toList();
        Xception.random(labels.size(), 1, 7)
            .toModel(299, new PackageMetadata("xception-random", "1", labels, "crop"))
            .save(file, written -> {});
      }
      return file;
    }
  }

  public Bench(Settings settings, BenchReport report) {
    this.settings = settings;
    this.report = report;
  }

  /** Runs the suites; their figures go into the report as they come. */
  public void run() throws Exception {
    if (chosen("decode")) {
      new DecodeSuite(report, settings.rounds()).run();
      new DecodeAccuracy(report, settings.model()).run();
    }
    if (chosen("session")) {
      new SessionSuite(report, settings.rounds(), settings.model(), settings.device()).run();
    }
    if (chosen("graph") && settings.reference().isPresent()) {
      new GraphSuite(report, settings.rounds(), settings.device())
          .run(settings.model(), settings.reference().get());
    }
    if (chosen("batch")) {
      new BatchSuite(report, settings.rounds()).run();
      new PolicySweep(report, settings.rounds()).run();
    }
    if (chosen(AllocationSuite.NAME)) {
      new AllocationSuite(report, settings).run();
    }
    if (WITH_BROKER.stream().anyMatch(this::chosen)) {
      try (EmbeddedBroker broker = EmbeddedBroker.start(settings.folder().resolve("broker"))) {
        runJobs(new JobRuns(broker, settings.folder(), settings.device()));
      }
    }
    if (chosen(MemorySuite.NAME)) {
      new MemorySuite(report, settings).run(settings.parts());
    }
  }

  private void runJobs(JobRuns runs) throws Exception {
    if (chosen(PipelineSuite.NAME)) {
      new PipelineSuite(report, settings, runs).run(settings.parts());
    }
    if (chosen(CheckpointSuite.NAME)) {
      new CheckpointSuite(report, settings, runs).run();
    }
    if (chosen(ThreadsSuite.NAME)) {
      new ThreadsSuite(report, settings, runs).run();
    }
  }

  private boolean chosen(String suite) {
    return settings.suites().contains(suite);
  }

  /**
   * Checks what a user asked for.
   *
   * @param known what there is
   * @return it, or all for {@code all}
   * @throws IllegalArgumentException if something is not known
   */
  public static Set<String> choice(String option, List<String> asked, List<String> known) {
    Set<String> chosen =
        new HashSet<>(
            asked.stream()
                .flatMap(name -> name.equals("all") ? known.stream() : Stream.of(name))
                .toList());
    if (!known.containsAll(chosen)) {
      throw new IllegalArgumentException(
          "found " + option + " " + asked + "; expected all or some of " + known);
    }
    return chosen;
  }
}
