package dev.framelabel.testing.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.testing.cluster.Await;
import dev.framelabel.testing.cluster.JavaProcess;
import dev.framelabel.testing.cluster.ProcessCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every fault on a cluster of its own, with both transaction versions; {@code -Pfaults} runs it.
 */
@Tag("faults")
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class FaultsIT {
  private static final FaultTable TABLE = new FaultTable();
  private static final Duration WARM_UP = Duration.ofSeconds(30);
  private static final int MOST_UNDER_WAY = 1_500;
  private static final int KILLS = 3;
  private static final double SAME_RATE = 0.9;

  /** A broker that is away for seconds may cost restarts, but not one after another. */
  private static final long MOST_RESTARTS = 4;

  @TempDir private Path folder;

  private FaultLab lab;

  @BeforeEach
  void prepare() {
    lab = new FaultLab(folder, TABLE);
  }

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
    ProcessCluster.Settings settings = lab.settings(transactionVersion).withHighAvailability();
    try (ProcessCluster cluster = ProcessCluster.start(settings)) {
      cluster.submit();
      if (fault == Fault.NETWORK_CUT) {
        System.out.println("network cut: " + cluster.broker().network().way());
      }
      try (FaultRun run = new FaultRun(cluster, 40)) {
        FaultRun.Recovery recovery = run.suffer(fault, lab.random());
        FaultRun.End end = lab.note(run, List.of(recovery), transactionVersion);
        assertThat(end).matches(FaultRun.End::exact, "exact");
        assertThat(recovery.longestGap()).as("the fault was felt").isGreaterThan(silence(fault));
        if (fault == Fault.BROKER_KILL) {
          assertThat(end.restored()).as("restarts").isLessThanOrEqualTo(MOST_RESTARTS);
        }
      }
    }
  }

  /** As many frames as the job takes, and three kills at random moments. */
  @ParameterizedTest
  @ValueSource(ints = {2, 1})
  void everyFrameOnce_taskManagersKilledAtFullRate_rateComesBack(int transactionVersion) {
    try (ProcessCluster cluster = ProcessCluster.start(lab.settings(transactionVersion))) {
      cluster.submit();
      try (FaultRun run = FaultRun.atFullRate(cluster, MOST_UNDER_WAY)) {
        Await.pause(WARM_UP);
        List<FaultRun.Recovery> recoveries = new ArrayList<>();
        for (int kill = 1; kill <= KILLS; kill++) {
          recoveries.add(run.sufferToRate(Fault.TASK_MANAGER_KILL, SAME_RATE, lab.random()));
        }
        lab.judge(run, recoveries, transactionVersion);
      }
    }
  }

  /** A version with another main class and another class for a sink; then back to the first. */
  @ParameterizedTest
  @ValueSource(ints = {2, 1})
  void everyFrameOnce_upgradeToAnotherJarAndBack(int transactionVersion) throws IOException {
    Path first = lab.settings(transactionVersion).app().jobJar();
    Path next = FaultyJob.jar(first, folder.resolve("framelabel-job-next.jar"));
    String fault = "upgrade to another jar";
    try (ProcessCluster cluster = ProcessCluster.start(lab.settings(transactionVersion))) {
      cluster.submit();
      try (FaultRun run = new FaultRun(cluster, 40)) {
        FaultRun.Recovery there =
            run.suffer(
                fault,
                () -> cluster.upgrade(next, "--fault-folder", lab.faults().toString()),
                lab.random());
        FaultRun.Recovery back = run.suffer(fault, () -> cluster.upgrade(first), lab.random());
        lab.judge(run, List.of(there, back), transactionVersion);
        assertThat(lab.logLines(FaultyJob.NAME)).as("the other version ran").isNotEmpty();
      }
    }
  }

  /** For so long there can be no results, if the fault happens at all. */
  private static Duration silence(Fault fault) {
    return switch (fault) {
      case NETWORK_CUT -> Duration.ofSeconds(18);
      case BROKER_FREEZE -> Duration.ofSeconds(36);
      case BROKER_KILL, BROKER_AND_TASK_MANAGER_KILL -> Duration.ofSeconds(5);
      default -> Duration.ZERO;
    };
  }

  /** The TaskManager ends itself, as if killed, at exactly that moment of a checkpoint. */
  @ParameterizedTest
  @CsvSource({
    "BEFORE_BARRIER, 2", "BEFORE_BARRIER, 1",
    "AFTER_PRECOMMIT, 2", "AFTER_PRECOMMIT, 1",
    "BEFORE_COMMIT, 2", "BEFORE_COMMIT, 1",
    "AFTER_COMMIT, 2", "AFTER_COMMIT, 1"
  })
  void everyFrameOnce_taskManagerKilledAt(FaultPoint point, int transactionVersion) {
    Path faults = lab.faults();
    try (ProcessCluster cluster = ProcessCluster.start(lab.faultySettings(transactionVersion))) {
      cluster.submit("--fault-folder", faults.toString());
      try (FaultRun run = new FaultRun(cluster, 40)) {
        int before = cluster.flink().taskManagers().size();
        FaultRun.Recovery recovery =
            run.sufferFrom(
                "killed " + point,
                () -> {
                  point.arm(faults);
                  Await.until(
                      "a TaskManager dies at " + point,
                      Duration.ofMinutes(2),
                      () -> cluster.flink().taskManagers().size() < before);
                  Instant died = Instant.now();
                  JavaProcess ignored = cluster.flink().startTaskManager();
                  return died;
                },
                lab.random());
        lab.judge(run, recovery, transactionVersion);
        assertThat(lab.logLines("Data loss detected")).as("the guard is silent").isEmpty();
        assertThat(lab.logLines("Possible data loss")).as("the guard is silent").isEmpty();
      }
    }
  }
}
