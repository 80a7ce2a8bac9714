package dev.framelabel.local.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.local.cluster.AppFolder;
import dev.framelabel.local.cluster.ProcessCluster;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every fault on a cluster of its own, with both transaction versions; {@code -Pfaults} runs it.
 */
@Tag("faults")
class FaultsIT {
  private static final long SEED = 5;

  @TempDir private Path folder;

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
        ProcessCluster.Settings.usual(
                new AppFolder(Path.of("target/framelabel")),
                Path.of("model/demo-xception.onnx"),
                folder)
            .withTransactionVersion(transactionVersion)
            .withHighAvailability();
    try (ProcessCluster cluster = ProcessCluster.start(settings)) {
      cluster.submit();
      try (FaultRun run = new FaultRun(cluster, 40)) {
        System.out.println(run.suffer(fault, new Random(SEED)) + ", version " + transactionVersion);
        FaultRun.End end = run.finish();
        System.out.println(end);
        assertThat(end).matches(FaultRun.End::exact, "exact");
      }
    }
  }
}
