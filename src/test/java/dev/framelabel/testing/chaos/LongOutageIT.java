package dev.framelabel.testing.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.kafka.admin.OpenTransactions;
import dev.framelabel.testing.cluster.Await;
import dev.framelabel.testing.cluster.JavaProcess;
import dev.framelabel.testing.cluster.ProcessCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Outages between a checkpoint and its commit that outlast the transactions: the broker aborts what
 * was to be committed, and the commit guard must find and repair that. {@code -Pfaults} runs it.
 */
@Tag("faults")
@Timeout(value = 2, unit = TimeUnit.HOURS)
class LongOutageIT {
  private static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration OUTAGE = Duration.ofSeconds(16);
  private static final Duration LIMIT = Duration.ofMinutes(4);
  private static final int OUTAGES = Integer.getInteger("outages", 3);
  private static final FaultTable TABLE = new FaultTable();

  @TempDir private Path folder;

  /** What is away for so long. */
  enum Away {
    /** The TaskManager is killed at that moment. */
    WORKER_KILLED {
      @Override
      void happen(ProcessCluster cluster, Path faults) {
        killBeforeCommit(cluster, faults);
        awaitAborted(cluster);
        JavaProcess ignored = cluster.flink().startTaskManager();
      }
    },
    /** The broker too. */
    WORKER_AND_BROKER_KILLED {
      @Override
      void happen(ProcessCluster cluster, Path faults) {
        killBeforeCommit(cluster, faults);
        cluster.broker().process().kill();
        Await.pause(OUTAGE);
        cluster.broker().launch();
        cluster.broker().awaitReady();
        awaitAborted(cluster);
        JavaProcess ignored = cluster.flink().startTaskManager();
      }
    },
    /** The TaskManager stands still at that moment, and then goes on as if nothing had happened. */
    WORKER_STOPPED {
      @Override
      void happen(ProcessCluster cluster, Path faults) {
        JavaProcess worker = cluster.flink().taskManagers().get(0);
        FaultPoint.HELD_COMMIT.arm(faults);
        Await.until("a commit is held", LIMIT, () -> FaultPoint.HELD_COMMIT.held(faults));
        worker.signal("STOP");
        FaultPoint.HELD_COMMIT.release(faults);
        awaitAborted(cluster);
        worker.signal("CONT");
      }
    };

    abstract void happen(ProcessCluster cluster, Path faults);

    private static void killBeforeCommit(ProcessCluster cluster, Path faults) {
      FaultPoint.BEFORE_COMMIT.arm(faults);
      Await.until("the TaskManager dies", LIMIT, () -> cluster.flink().taskManagers().isEmpty());
    }

    private static void awaitAborted(ProcessCluster cluster) {
      Await.until(
          "the broker aborts what is open",
          LIMIT,
          () -> OpenTransactions.list(cluster.broker().client(), "").isEmpty());
    }
  }

  /**
   * @param sign words in the log that tell that the guard has answered
   */
  private static void suffer(
      FaultLab lab,
      String fault,
      int transactionVersion,
      BiConsumer<ProcessCluster, FaultRun> outage,
      String sign) {
    ProcessCluster.Settings settings =
        lab.faultySettings(transactionVersion)
            .withTaskManagers(1)
            .withTransactionTimeout(TRANSACTION_TIMEOUT);
    try (ProcessCluster cluster = ProcessCluster.start(settings)) {
      cluster.submit("--fault-folder", lab.faults().toString());
      try (FaultRun run = new FaultRun(cluster, 40)) {
        run.load().poisonEvery(10);
        List<FaultRun.Recovery> recoveries = new ArrayList<>();
        for (int i = 1; i <= OUTAGES; i++) {
          int before = lab.logLines(sign).size();
          recoveries.add(run.suffer(fault, () -> outage.accept(cluster, run), lab.random()));
          assertThat(lab.logLines(sign))
              .as("the guard finds outage " + i)
              .hasSizeGreaterThan(before);
        }
        lab.judge(run, recoveries, transactionVersion);
        List<String> lost = lab.logLines("Data loss detected");
        System.out.println(OUTAGES + " outages, " + lost.size() + " transactions lost and found");
        assertThat(lab.logLines("Repaired:")).hasSameSizeAs(lost);
      }
    }
  }

  @AfterAll
  static void report() {
    TABLE.report(Path.of("target"), "faults-outages");
  }

  @ParameterizedTest
  @CsvSource({
    "WORKER_KILLED, 2", "WORKER_KILLED, 1",
    "WORKER_AND_BROKER_KILLED, 2", "WORKER_AND_BROKER_KILLED, 1",
    "WORKER_STOPPED, 2", "WORKER_STOPPED, 1"
  })
  void everyFrameOnce_outageLongerThanTheTransactions(Away away, int transactionVersion) {
    FaultLab lab = new FaultLab(folder, TABLE);
    suffer(
        lab,
        "long outage " + away,
        transactionVersion,
        (cluster, run) -> away.happen(cluster, lab.faults()),
        "Data loss detected");
  }
}
