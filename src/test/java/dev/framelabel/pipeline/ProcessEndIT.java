package dev.framelabel.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.batch.BatchPolicy;
import dev.framelabel.classify.ClassifierSettings;
import dev.framelabel.classify.SharedClassifiers;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.TestEvents;
import dev.framelabel.image.ImageLimits;
import dev.framelabel.image.JpegBackend;
import dev.framelabel.image.TestImages;
import dev.framelabel.model.SessionSettings;
import dev.framelabel.model.TestModels;
import dev.framelabel.testing.FaultyDevice;
import dev.framelabel.testing.cluster.Await;
import dev.framelabel.testing.cluster.ChildCommand;
import java.awt.Color;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The second classifier that hangs ends a real process, as Flink ends it at a fatal error. */
class ProcessEndIT {
  private static final Duration LIMIT = Duration.ofMinutes(5);

  /** -17, the status of Flink's fatal errors, as the system shows it. */
  private static final int FATAL = 239;

  @TempDir private Path folder;

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void markBad_secondThatHangs_endsTheProcessWithFlinksStatus() throws Exception {
    Path arguments = folder.resolve("arguments");
    Path output = folder.resolve("output");
    Files.write(
        arguments,
        List.of("-cp", '"' + System.getProperty("java.class.path") + '"', Worker.class.getName()));
    Process worker =
        new ProcessBuilder(
                ChildCommand.endingWithParent(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "@" + arguments))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(worker.waitFor(LIMIT.toMinutes(), TimeUnit.MINUTES)).as("it ends").isTrue();
      assertThat(worker.exitValue()).as(Files.readString(output)).isEqualTo(FATAL);
      assertThat(output).content().contains("both hang");
    } finally {
      worker.destroyForcibly();
    }
  }

  /** The main class of the child: two devices, of which both hang. */
  static final class Worker {
    private Worker() {}

    public static void main(String[] arguments) {
      FaultyDevice device = new FaultyDevice("process end");
      device.hangs = true;
      SharedClassifiers classifiers = WorkerClassifiers.OF_THIS_PROCESS.get();
      for (int each = 1; each <= 2; each++) {
        int hanging = each;
        SharedClassifiers.Lease lease = classifiers.acquire(settings(each), device.opener());
        CompletableFuture<Outcome> ignored =
            lease
                .classifier()
                .classify(TestEvents.frame("f" + each, TestImages.jpeg(8, 8, Color.RED)));
        Await.until("the device hangs", LIMIT, () -> device.hanging.get() == hanging);
        lease.markBad("it hangs");
      }
      System.out.println("both hang");
      Await.pause(LIMIT);
    }

    private static ClassifierSettings settings(int topLabels) {
      return new ClassifierSettings(
          TestModels.colour(),
          SessionSettings.onCpu(1),
          new BatchPolicy(1, 0),
          1,
          1,
          topLabels,
          ImageLimits.DEFAULT,
          JpegBackend.AUTO);
    }
  }
}
