package dev.framelabel.testing.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.testing.cluster.AppFolder;
import dev.framelabel.testing.cluster.Await;
import dev.framelabel.testing.cluster.ProcessCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kills real processes under load. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class FastFaultsIT {
  private static final long SEED = 5;

  @TempDir private Path folder;

  @Test
  void everyFrameOnce_poisonFramesThenTaskManagerAndBrokerKilled() {
    ProcessCluster.Settings settings =
        ProcessCluster.Settings.usual(
            new AppFolder(Path.of("target/framelabel")),
            Path.of("model/demo-xception.onnx"),
            folder);
    Random random = new Random(SEED);
    try (ProcessCluster cluster = ProcessCluster.start(settings)) {
      cluster.submit();
      try (FaultRun run = new FaultRun(cluster, 40)) {
        run.load().poisonEvery(10);
        Await.pause(Duration.ofSeconds(5));
        run.load().poisonEvery(0);
        FaultRun.Recovery taskManager = run.suffer(Fault.TASK_MANAGER_KILL, random);
        FaultRun.Recovery broker = run.suffer(Fault.BROKER_KILL, random);
        FaultRun.End end = run.finish();
        System.out.println(taskManager + System.lineSeparator() + broker);
        System.out.println(end);
        assertThat(end).matches(FaultRun.End::exact, "exact");
        assertThat(end.live().rejected()).isPositive();
        assertThat(end.restored()).isPositive();
      }
    }
    assertThat(ProcessHandle.current().children().flatMap(one -> one.info().command().stream()))
        .as("processes of the cluster that are left")
        .noneMatch(command -> command.endsWith("java"));
  }
}
