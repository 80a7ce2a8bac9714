package dev.framelabel.bench;

import dev.framelabel.model.LabelModel;
import dev.framelabel.testing.cluster.AppFolder;
import dev.framelabel.tools.bench.BareLoop;
import dev.framelabel.tools.bench.Bench;
import dev.framelabel.tools.bench.BenchFrame;
import dev.framelabel.tools.bench.BenchReport;
import dev.framelabel.tools.bench.JobRuns;
import dev.framelabel.tools.demo.EmbeddedBroker;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** The suites that only the project runs: baselines, and what the parts of the job cost. */
final class Lab {
  static final List<String> SUITES =
      List.of(
          ScaledDecodeSuite.NAME,
          GraphSuite.NAME,
          BatchSuite.NAME,
          BaselineSuite.NAME,
          CheckpointSuite.NAME,
          ThreadsSuite.NAME,
          AllocationSuite.NAME,
          MemorySuite.NAME);

  private static final Set<String> WITH_BROKER =
      Set.of(BaselineSuite.NAME, CheckpointSuite.NAME, ThreadsSuite.NAME);

  private final Set<String> suites;
  private final Settings settings;
  private final BenchReport report;

  /**
   * What the suites measure with.
   *
   * @param bench settings of the product's benchmark; its parts are those of the memory suite
   * @param reference another ONNX file of the same network as the model, for the graph suite
   * @param minutes of a run of the memory suite
   * @param appFolder of the build, for clusters of processes
   */
  record Settings(Bench.Settings bench, Optional<Path> reference, double minutes, Path appFolder) {
    AppFolder app() {
      return new AppFolder(appFolder);
    }

    int rounds() {
      return bench.rounds();
    }

    Path model() {
      return bench.model();
    }
  }

  /**
   * @param suites of {@link #SUITES}
   */
  Lab(Set<String> suites, Settings settings, BenchReport report) {
    this.suites = Set.copyOf(suites);
    this.settings = settings;
    this.report = report;
  }

  /** Runs the suites. Each figure goes into the report as soon as it is measured. */
  void run() throws Exception {
    if (suites.contains(ScaledDecodeSuite.NAME)) {
      new ScaledDecodeSuite(report, settings.rounds()).run();
      new DecodeAccuracy(report, settings.model()).run();
    }
    if (suites.contains(GraphSuite.NAME) && settings.reference().isPresent()) {
      new GraphSuite(report, settings.rounds(), settings.bench().device())
          .run(settings.model(), settings.reference().get());
    }
    if (suites.contains(BatchSuite.NAME)) {
      new BatchSuite(report, settings.rounds()).run();
      new PolicySweep(report, settings.rounds()).run();
    }
    if (suites.contains(AllocationSuite.NAME)) {
      new AllocationSuite(report, settings).run();
    }
    if (WITH_BROKER.stream().anyMatch(suites::contains)) {
      Path folder = settings.bench().folder();
      try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"))) {
        runJobs(
            new JobRuns(broker, folder, settings.bench().device(), settings.bench().precision()),
            broker.bootstrapServers());
      }
    }
    if (suites.contains(MemorySuite.NAME)) {
      new MemorySuite(report, settings).run(settings.bench().parts());
    }
  }

  private void runJobs(JobRuns runs, String bootstrapServers) throws Exception {
    if (suites.contains(BaselineSuite.NAME)) {
      new BaselineSuite(report, settings, runs, bootstrapServers).run();
    }
    if (suites.contains(CheckpointSuite.NAME)) {
      new CheckpointSuite(report, settings, runs).run();
    }
    if (suites.contains(ThreadsSuite.NAME)) {
      new ThreadsSuite(report, settings, runs).run();
    }
  }

  /** Returns about how many frames the model labels in a run on this machine. */
  static int framesFor(Settings settings, List<BenchFrame> frames, int batchSize) {
    Bench.Settings bench = settings.bench();
    try (LabelModel opened = LabelModel.open(bench.model(), bench.session(batchSize));
        BareLoop loop = new BareLoop(opened, frames, batchSize)) {
      return loop.framesFor(bench.seconds());
    }
  }

  /** Returns the highest of a figure, to four digits. */
  static <T> double most(List<T> all, ToDoubleFunction<T> figure) {
    return BenchReport.round(all.stream().mapToDouble(figure).max().orElseThrow());
  }
}
