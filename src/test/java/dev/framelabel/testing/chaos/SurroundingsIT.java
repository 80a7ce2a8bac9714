package dev.framelabel.testing.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.framelabel.testing.cluster.Await;
import dev.framelabel.testing.cluster.JavaProcess;
import dev.framelabel.testing.cluster.ProcessCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
 * Nothing dies, but what the job stands on is not as it should be: the broker is slow, the disk
 * full, a clock wrong, the device hangs. {@code -Pfaults} runs it.
 */
@Tag("faults")
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class SurroundingsIT {
  private static final int RATE = 40;
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final double SLOW_BYTES_PER_SECOND = 4_000;
  private static final int SLOW_SECONDS = 40;
  private static final List<Path> FAKETIME =
      List.of(
          Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"),
          Path.of("/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"));
  private static final FaultTable TABLE = new FaultTable();

  @TempDir private Path folder;

  private FaultLab lab;

  @BeforeEach
  void prepare() {
    lab = new FaultLab(folder, TABLE);
  }

  @AfterAll
  static void report() {
    TABLE.report(Path.of("target"), "faults-surroundings");
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 1})
  void everyFrameOnce_brokerTakesResultsSlowly_memoryIsBounded(int transactionVersion) {
    ProcessCluster.Settings settings =
        lab.settings(transactionVersion).withFlink(TouchedHeap.SETTINGS);
    try (ProcessCluster cluster = ProcessCluster.start(settings)) {
      cluster.submit();
      try (FaultRun run = new FaultRun(cluster, RATE)) {
        long before = residentKilobytes(cluster);
        List<Long> during = new ArrayList<>();
        FaultRun.Recovery recovery =
            run.suffer(
                "slow sink (quota) for " + SLOW_SECONDS + " s or more",
                () -> {
                  Quota quota = new Quota(cluster.broker().client());
                  quota.set(SLOW_BYTES_PER_SECOND);
                  for (int i = 0; i < SLOW_SECONDS; i++) {
                    Await.pause(Duration.ofSeconds(1));
                    during.add(residentKilobytes(cluster));
                  }
                  Await.until(
                      10 * RATE + " frames wait for the slow sink",
                      LIMIT,
                      () -> {
                        during.add(residentKilobytes(cluster));
                        return run.load().taken() - run.accounted() > 10 * RATE;
                      });
                  quota.lift();
                },
                lab.random());
        long most = during.stream().mapToLong(Long::longValue).max().orElseThrow();
        System.out.println(
            "resident before " + before + " kB, at most " + most + " kB while the sink was slow");
        assertThat(cluster.checkpoints("restored")).as("restarts").isZero();
        assertThat(most).as("resident kB").isLessThan(before + before / 10);
        lab.judge(run, recovery, transactionVersion);
      }
    }
  }

  private static long residentKilobytes(ProcessCluster cluster) {
    return cluster.flink().taskManagers().stream().mapToLong(JavaProcess::residentKilobytes).sum();
  }

  /** 4 failed checkpoints are tolerated; 14 are more than the job's setting tolerates. */
  @ParameterizedTest
  @CsvSource({"4, 2", "4, 1", "14, 2", "14, 1"})
  void everyFrameOnce_diskOfCheckpointsFull(int failures, int transactionVersion)
      throws IOException {
    try (SmallDisk disk = new SmallDisk(folder.resolve("flink/checkpoints"));
        ProcessCluster cluster = ProcessCluster.start(lab.settings(transactionVersion))) {
      cluster.submit();
      try (FaultRun run = new FaultRun(cluster, RATE)) {
        FaultRun.Recovery recovery =
            run.suffer(
                "checkpoint disk full, " + failures + " failures",
                () -> fillUntil(disk, cluster, run, failures),
                lab.random());
        assertThat(cluster.checkpoints("failed")).isGreaterThanOrEqualTo(failures);
        if (failures < 10) {
          assertThat(cluster.checkpoints("restored")).as("restarts").isZero();
        }
        lab.judge(run, recovery, transactionVersion);
      }
    }
  }

  private static void fillUntil(
      SmallDisk disk, ProcessCluster cluster, FaultRun run, int failures) {
    try {
      disk.fill();
      long before = cluster.checkpoints("failed");
      long uncommitted = run.uncommitted();
      Await.until(
          failures + " checkpoints have failed, and results go on",
          LIMIT,
          () -> {
            disk.fill();
            return cluster.checkpoints("failed") >= before + failures
                && run.uncommitted() > uncommitted + RATE;
          });
      disk.free();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 1})
  void everyFrameOnce_clocksOfTheWorkersWrong_flaggedWithoutARestart(int transactionVersion) {
    Path library =
        FAKETIME.stream().filter(Files::exists).findFirst().orElse(Path.of("libfaketimeMT.so.1"));
    assumeTrue(
        Files.exists(library),
        "no libfaketime here (Debian: apt-get install faketime), so no clock can be set wrong");
    // One slot each, so that both workers are needed.
    ProcessCluster.Settings settings =
        lab.settings(transactionVersion).withFlink(Map.of("taskmanager.numberOfTaskSlots", "1"));
    try (ProcessCluster cluster = ProcessCluster.start(settings)) {
      cluster.submit();
      try (FaultRun run = new FaultRun(cluster, RATE)) {
        FaultRun.Recovery recovery =
            run.suffer(
                "clocks +2 h and -24 h",
                () -> {
                  cluster.flink().taskManagers().forEach(JavaProcess::kill);
                  startWithClock(cluster, library, "+2h");
                  startWithClock(cluster, library, "-24h");
                },
                lab.random());
        long restored = cluster.checkpoints("restored");
        Await.until(
            "frames a day ahead are flagged",
            LIMIT,
            () -> !lab.logLines("stamps its frames 86").isEmpty());
        assertThat(cluster.checkpoints("restored")).isEqualTo(restored);
        lab.judge(run, recovery, transactionVersion);
      }
    }
  }

  private static void startWithClock(ProcessCluster cluster, Path library, String difference) {
    JavaProcess ignored =
        cluster
            .flink()
            .startTaskManager(
                List.of(
                    "env",
                    "LD_PRELOAD=" + library,
                    "FAKETIME=" + difference,
                    // Timed waits must not change: with the usual fix of the library they end at
                    // once.
                    "FAKETIME_DONT_FAKE_MONOTONIC=1",
                    "FAKETIME_FORCE_MONOTONIC_FIX=0"));
  }

  /** The job fails at the deadline, and starts again with a new session. */
  @ParameterizedTest
  @ValueSource(ints = {2, 1})
  void everyFrameOnce_deviceHangs_jobFailsAndGoesOn(int transactionVersion) {
    try (ProcessCluster cluster = ProcessCluster.start(lab.faultySettings(transactionVersion))) {
      submit(cluster, "fail");
      try (FaultRun run = new FaultRun(cluster, RATE)) {
        FaultRun.Recovery recovery = run.suffer("device hangs, fail", this::hang, lab.random());
        assertThat(cluster.checkpoints("restored")).as("restarts").isPositive();
        FaultPoint.HANG.release(lab.faults());
        lab.judge(run, recovery, transactionVersion);
      }
    }
  }

  /** The frames under way are rejected at the deadline; the job goes on when the device does. */
  @ParameterizedTest
  @ValueSource(ints = {2, 1})
  void everyFrameOnce_deviceHangs_framesAreRejected(int transactionVersion) {
    try (ProcessCluster cluster = ProcessCluster.start(lab.faultySettings(transactionVersion))) {
      submit(cluster, "reject");
      try (FaultRun run = new FaultRun(cluster, RATE)) {
        FaultRun.Recovery recovery =
            run.suffer(
                "device hangs for 20 s, reject",
                () -> {
                  hang();
                  Await.pause(Duration.ofSeconds(20));
                  FaultPoint.HANG.release(lab.faults());
                },
                lab.random());
        assertThat(cluster.checkpoints("restored")).as("restarts").isZero();
        FaultRun.End end = lab.note(run, List.of(recovery), transactionVersion);
        Verdict verdict = end.fresh();
        assertThat(verdict.misjudged()).as("frames rejected").isPositive();
        assertThat(verdict.misjudged()).isEqualTo(verdict.rejected());
        assertThat(List.of(verdict.lost(), verdict.doubled(), verdict.invented())).containsOnly(0L);
        assertThat(verdict.outOfOrder() + end.open().size() + end.heldBack()).isZero();
      }
    }
  }

  private void submit(ProcessCluster cluster, List<String> more) {
    List<String> all = new ArrayList<>(List.of("--fault-folder", lab.faults().toString()));
    all.addAll(more);
    cluster.submit(all.toArray(String[]::new));
  }

  private void submit(ProcessCluster cluster, String onTimeout) {
    submit(cluster, List.of("--inference-timeout", "8 s", "--on-inference-timeout", onTimeout));
  }

  private void hang() {
    FaultPoint.HANG.arm(lab.faults());
    Await.until("the device hangs", LIMIT, () -> FaultPoint.HANG.held(lab.faults()));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 1})
  void everyFrameOnce_deviceOutOfMemory_batchesAreHalved(int transactionVersion) {
    try (ProcessCluster cluster = ProcessCluster.start(lab.faultySettings(transactionVersion))) {
      submit(cluster, List.of());
      try (FaultRun run = new FaultRun(cluster, 5 * RATE)) {
        FaultRun.Recovery recovery =
            run.suffer(
                "no device memory for 5 s",
                () -> {
                  FaultPoint.NO_DEVICE_MEMORY.arm(lab.faults());
                  Await.pause(Duration.ofSeconds(5));
                  FaultPoint.NO_DEVICE_MEMORY.disarm(lab.faults());
                },
                lab.random());
        assertThat(cluster.checkpoints("restored")).as("restarts").isZero();
        lab.judge(run, recovery, transactionVersion);
      }
    }
  }
}
