package dev.framelabel.local.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.local.cluster.AppFolder;
import dev.framelabel.local.cluster.Await;
import dev.framelabel.local.cluster.JavaProcess;
import dev.framelabel.local.cluster.ProcessCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every fault on a cluster of its own, with both transaction versions; {@code -Pfaults} runs it.
 */
@Tag("faults")
class FaultsIT {
  private static final long SEED = 5;
  private static final int RESTARTS = 50;
  private static final AppFolder APP = new AppFolder(Path.of("target/framelabel"));
  private static final Path MODEL = Path.of("model/demo-xception.onnx");
  private static final FaultTable TABLE = new FaultTable();

  @TempDir private Path folder;

  @AfterAll
  static void report() {
    TABLE.report(Path.of("target"), "faults");
  }

  @ParameterizedTest
  @CsvSource({
    "JOB_MANAGER_KILL, 2", "JOB_MANAGER_KILL, 1",
    "NETWORK_CUT, 2", "NETWORK_CUT, 1",
    "BROKER_AND_TASK_MANAGER_KILL, 2", "BROKER_AND_TASK_MANAGER_KILL, 1",
    "TASK_MANAGER_KILL, 2", "TASK_MANAGER_KILL, 1",
    "ALL_TASK_MANAGERS_KILL, 2", "ALL_TASK_MANAGERS_KILL, 1",
    "BROKER_KILL, 2", "BROKER_KILL, 1",
    "BROKER_FREEZE, 2", "BROKER_FREEZE, 1",
    "ZOMBIE, 2", "ZOMBIE, 1",
    "UPGRADE, 2", "UPGRADE, 1",
    "RESCALE, 2", "RESCALE, 1"
  })
  void everyFrameOnce_fault(Fault fault, int transactionVersion) {
    ProcessCluster.Settings settings =
        ProcessCluster.Settings.usual(APP, MODEL, folder)
            .withTransactionVersion(transactionVersion)
            .withHighAvailability();
    try (ProcessCluster cluster = ProcessCluster.start(settings)) {
      cluster.submit();
      try (FaultRun run = new FaultRun(cluster, 40)) {
        judge(run, run.suffer(fault, new Random(SEED)), transactionVersion);
      }
    }
  }

  /** The TaskManager ends itself, as if killed, at exactly that moment of a checkpoint. */
  @ParameterizedTest
  @CsvSource({
    "BEFORE_BARRIER, 2", "BEFORE_BARRIER, 1",
    "AFTER_PRECOMMIT, 2", "AFTER_PRECOMMIT, 1",
    "BEFORE_COMMIT, 2", "BEFORE_COMMIT, 1",
    "AFTER_COMMIT, 2", "AFTER_COMMIT, 1"
  })
  void everyFrameOnce_taskManagerKilledAt(FaultPoint point, int transactionVersion)
      throws IOException {
    Path faults = Files.createDirectories(folder.resolve("faults"));
    ProcessCluster.Settings settings =
        ProcessCluster.Settings.usual(faultyApp(), MODEL, folder)
            .withTransactionVersion(transactionVersion);
    try (ProcessCluster cluster = ProcessCluster.start(settings)) {
      cluster.submit("--fault-folder", faults.toString());
      try (FaultRun run = new FaultRun(cluster, 40)) {
        int before = cluster.flink().taskManagers().size();
        FaultRun.Recovery recovery =
            run.suffer(
                "killed " + point,
                () -> {
                  point.arm(faults);
                  Await.until(
                      "a TaskManager dies at " + point,
                      Duration.ofSeconds(30),
                      () -> cluster.flink().taskManagers().size() < before);
                  JavaProcess ignored = cluster.flink().startTaskManager();
                },
                new Random(SEED));
        judge(run, recovery, transactionVersion);
        assertThat(linesWith("LOST from topic")).as("the guard is silent").isEmpty();
      }
    }
  }

  @Test
  void fiftyRestarts_inOneTaskManager_leaveOneCopyOfEachNativeLibrary() throws IOException {
    Path faults = Files.createDirectories(folder.resolve("faults"));
    ProcessCluster.Settings usual = ProcessCluster.Settings.usual(faultyApp(), MODEL, folder);
    try (ProcessCluster cluster = ProcessCluster.start(oneTaskManager(usual))) {
      cluster.submit(
          "--fault-folder",
          faults.toString(),
          "-Drestart-strategy.exponential-delay.initial-backoff=100 ms",
          "-Drestart-strategy.exponential-delay.max-backoff=200 ms");
      JavaProcess worker = cluster.flink().taskManagers().get(0);
      try (FaultRun run = new FaultRun(cluster, 40)) {
        long warm = 0;
        for (int restart = 1; restart <= RESTARTS; restart++) {
          fail(cluster, faults);
          warm = restart == RESTARTS / 5 ? worker.residentKilobytes() : warm;
        }
        Map<String, Set<String>> mapped = nativeCopies(worker);
        System.out.println(
            "resident after 10 restarts "
                + warm
                + " kB, after 50 "
                + worker.residentKilobytes()
                + " kB; mapped "
                + mapped);
        assertThat(mapped).isNotEmpty();
        assertThat(mapped.values()).allMatch(copies -> copies.size() == 1);
        assertThat(nativeFolders()).as("extracted once").hasSizeLessThanOrEqualTo(1);
        judge(run, run.suffer("50 restarts", () -> {}, new Random(SEED)), 0);
      }
    }
  }

  private static void fail(ProcessCluster cluster, Path faults) {
    long restored = cluster.checkpoints("restored");
    FaultPoint.EXCEPTION.arm(faults);
    Await.until(
        "a restart",
        Duration.ofSeconds(60),
        () -> !FaultPoint.EXCEPTION.armed(faults) && cluster.checkpoints("restored") > restored);
    cluster.awaitRunning();
  }

  private static ProcessCluster.Settings oneTaskManager(ProcessCluster.Settings usual) {
    return new ProcessCluster.Settings(
        usual.app(),
        usual.model(),
        usual.folder(),
        1,
        usual.transactionVersion(),
        usual.highAvailability(),
        usual.checkpointInterval(),
        usual.transactionTimeout(),
        usual.broker(),
        usual.flink());
  }

  private AppFolder faultyApp() throws IOException {
    return new AppFolder(
        APP.path(), FaultyJob.jar(APP.jobJar(), folder.resolve("framelabel-job.jar")));
  }

  private static void judge(FaultRun run, FaultRun.Recovery recovery, int transactionVersion) {
    FaultRun.End end = run.finish();
    TABLE.add(recovery, transactionVersion, end);
    System.out.println(recovery + ", version " + transactionVersion + System.lineSeparator() + end);
    assertThat(end).matches(FaultRun.End::exact, "exact");
  }

  /** Native libraries of labelling that the process has mapped, by name, with their paths. */
  private static Map<String, Set<String>> nativeCopies(JavaProcess process) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc", process.pid() + "", "maps"))) {
      return lines
          .filter(line -> line.matches(".*(onnxruntime|opencv|jniopencv|javacpp).*\\.so.*"))
          .map(line -> line.substring(line.indexOf('/')))
          .collect(
              Collectors.groupingBy(
                  path -> path.substring(path.lastIndexOf('/') + 1),
                  Collectors.toCollection(TreeSet::new)));
    }
  }

  private List<String> nativeFolders() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("flink/tmp"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("onnxruntime"))
          .toList();
    }
  }

  private List<String> linesWith(String words) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("flink"))) {
      return files
          .filter(file -> file.toString().endsWith(".log"))
          .flatMap(FaultsIT::lines)
          .filter(line -> line.contains(words))
          .toList();
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
