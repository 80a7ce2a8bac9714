package dev.framelabel.testing.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.testing.cluster.AppFolder;
import dev.framelabel.testing.cluster.ProcessCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** One fault test's place: the built application, its folder, and where its runs are judged. */
final class FaultLab {
  private static final long SEED = 5;
  private static final AppFolder APP = new AppFolder(Path.of("target/framelabel"));
  private static final Path MODEL = Path.of("model/demo-xception.onnx");

  private final Path folder;
  private final FaultTable table;
  private final Random random = new Random(SEED);

  /**
   * @param folder new
   * @param table gets a row for each judged run
   */
  FaultLab(Path folder, FaultTable table) {
    this.folder = folder;
    this.table = table;
  }

  /** A cluster for the product as it is. */
  ProcessCluster.Settings settings(int transactionVersion) {
    return ProcessCluster.Settings.usual(APP, MODEL, folder)
        .withTransactionVersion(transactionVersion);
  }

  /** A cluster for the job with fault points. */
  ProcessCluster.Settings faultySettings(int transactionVersion) {
    try {
      AppFolder app =
          new AppFolder(
              APP.path(), FaultyJob.jar(APP.jobJar(), folder.resolve("framelabel-job.jar")));
      return ProcessCluster.Settings.usual(app, MODEL, folder)
          .withTransactionVersion(transactionVersion);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where fault points are armed. */
  Path faults() {
    try {
      return Files.createDirectories(folder.resolve("faults"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Random random() {
    return random;
  }

  /** Ends the run, notes it, and fails unless every frame came out exactly once. */
  void judge(FaultRun run, FaultRun.Recovery recovery, int transactionVersion) {
    judge(run, List.of(recovery), transactionVersion);
  }

  /** As {@link #judge(FaultRun, FaultRun.Recovery, int)}, after a fault that happened often. */
  void judge(FaultRun run, List<FaultRun.Recovery> recoveries, int transactionVersion) {
    FaultRun.End end = note(run, recoveries, transactionVersion);
    assertThat(end).matches(FaultRun.End::exact, "exact");
  }

  /** Ends the run, and notes it. */
  FaultRun.End note(FaultRun run, List<FaultRun.Recovery> recoveries, int transactionVersion) {
    FaultRun.End end = run.finish();
    table.add(recoveries, transactionVersion, end);
    System.out.println(
        recoveries + ", version " + transactionVersion + System.lineSeparator() + end);
    return end;
  }

  /** Lines of the Flink processes' logs that contain the words. */
  List<String> logLines(String words) {
    try (Stream<Path> files = Files.list(folder.resolve("flink"))) {
      return files
          .filter(file -> file.toString().endsWith(".log"))
          .flatMap(FaultLab::lines)
          .filter(line -> line.contains(words))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<String> lines(Path file) {
    try {
      return Files.readAllLines(file).stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
