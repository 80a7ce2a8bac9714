package dev.framelabel.tools.bench;

import dev.framelabel.model.CudaSettings;
import dev.framelabel.model.Device;
import dev.framelabel.model.PluginSettings;
import dev.framelabel.model.Precision;
import dev.framelabel.model.SessionSettings;
import dev.framelabel.model.TensorRtSettings;
import dev.framelabel.tools.demo.EmbeddedBroker;
import dev.framelabel.tools.modelkit.PackageMetadata;
import dev.framelabel.tools.modelkit.Xception;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The benchmark that a user runs to size hardware. */
public final class Bench {
  private static final String DECODE = "decode";
  private static final String SESSION = "session";

  public static final List<String> SUITES = List.of(DECODE, SESSION, PipelineSuite.NAME);

  /** Parts of the pipeline suite. */
  public static final List<String> PARTS = List.of("demo", "full", "accelerator");

  private final Settings settings;
  private final Set<String> suites;
  private final BenchReport report;

  /**
   * Settings of the suites.
   *
   * @param parts of {@link #PARTS}
   * @param model the demo's model
   * @param fullModel an Xception of 299 x 299 pixels; empty: one with random weights is made
   * @param precision of the pipeline suite's jobs and bare loops
   * @param batchSize of the pipeline suite's jobs and bare loops; empty: the suite's own
   * @param rounds that count, from 1
   * @param seconds of a run of the suites that run jobs
   * @param folder empty, for the broker's data
   */
  public record Settings(
      Set<String> parts,
      Path model,
      Optional<Path> fullModel,
      String device,
      Precision precision,
      OptionalInt batchSize,
      int rounds,
      double seconds,
      Path folder) {

    /** Returns the settings of a session with the threads that a job gives it by default. */
    public SessionSettings session(int maxBatch) {
      return new SessionSettings(
          device,
          SessionSettings.threadsBeside(BareLoop.STREAMS),
          false,
          maxBatch,
          "",
          precision,
          CudaSettings.DEFAULT,
          TensorRtSettings.DEFAULT,
          new PluginSettings(Map.of(), "", Map.of(), BareLoop.STREAMS));
    }

    boolean accelerator() {
      return Device.parse(device).isNvidiaGpu();
    }

    /** Returns the file of the full Xception. The first call makes it where none was given. */
    public Path fullXception() {
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

  /**
   * Prepares the suites; {@link #run} measures.
   *
   * @param suites of {@link #SUITES}
   */
  public Bench(Set<String> suites, Settings settings, BenchReport report) {
    this.suites = Set.copyOf(suites);
    this.settings = settings;
    this.report = report;
  }

  /** Runs the suites. Each figure goes into the report as soon as it is measured. */
  public void run() throws Exception {
    if (suites.contains(DECODE)) {
      new DecodeSuite(report, settings.rounds()).run();
    }
    if (suites.contains(SESSION)) {
      new SessionSuite(report, settings.rounds(), settings.model(), settings.device()).run();
    }
    if (suites.contains(PipelineSuite.NAME)) {
      try (EmbeddedBroker broker = EmbeddedBroker.start(settings.folder().resolve("broker"))) {
        JobRuns runs =
            new JobRuns(broker, settings.folder(), settings.device(), settings.precision());
        new PipelineSuite(report, settings, runs).run();
      }
    }
  }

  /**
   * Checks an option that takes several names.
   *
   * @param found names that the user gave
   * @param valid names that there are
   * @return the names, or every valid name for {@code all}
   * @throws IllegalArgumentException if a name is not valid
   */
  public static Set<String> choice(String option, List<String> found, List<String> valid) {
    Set<String> chosen =
        new HashSet<>(
            found.stream()
                .flatMap(name -> name.equals("all") ? valid.stream() : Stream.of(name))
                .toList());
    if (!valid.containsAll(chosen)) {
      throw new IllegalArgumentException(
          "Invalid " + option + " " + found + ": expected all, or some of " + valid);
    }
    return chosen;
  }
}
