package dev.framelabel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.config.JobOptions;
import dev.framelabel.config.KafkaOptions;
import dev.framelabel.event.Frame;
import dev.framelabel.event.Image;
import dev.framelabel.event.TestEvents;
import dev.framelabel.image.TestImages;
import dev.framelabel.kafka.admin.Topics;
import dev.framelabel.testing.DeliveryVerifier;
import dev.framelabel.tools.bench.SimulatedAccelerator;
import dev.framelabel.tools.clients.FramePublisher;
import dev.framelabel.tools.clients.OutcomeReader;
import dev.framelabel.tools.demo.ClusterControl;
import dev.framelabel.tools.demo.EmbeddedBroker;
import dev.framelabel.tools.demo.LocalCluster;
import java.awt.Color;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.common.IsolationLevel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Frames under way at every moment, while the parallelism changes. */
@Timeout(180)
class OrderAcrossRescaleIT {
  private static final int FRAMES = 4_000;
  private static final int CAMERAS = 12;
  private static final byte[] PICTURE = TestImages.jpeg(16, 16, Color.RED);

  /** Slower than the source, so that the tasks' queues are full. */
  private static final SimulatedAccelerator SLOW =
      new SimulatedAccelerator(16, 2, Duration.ofMillis(15), Duration.ofNanos(100_000));

  @TempDir private Path folder;

  @Test
  void rescale_drained_keepsTheOrderOfEveryCamera() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"));
        LocalCluster cluster = LocalCluster.start(1, 3, folder.resolve("flink"))) {
      List<String> ignored =
          Topics.create(
              broker.client(), List.of("frames", "labels", "rejected"), 4, (short) 1, 1 << 20);
      publish(broker);
      Configuration options = options(broker);
      String savepoint = "";
      int[] parallelisms = {3, 1, 2};
      try (OutcomeReader reader = reader(broker)) {
        DeliveryVerifier verifier = DeliveryVerifier.ofNumbered(FRAMES);
        for (int parallelism : parallelisms) {
          LocalCluster.Job job =
              cluster.submit(
                  parallelism,
                  Optional.of(savepoint).filter(path -> !path.isEmpty()),
                  environment ->
                      LabellingJob.addTo(environment, options, new Configuration(), SLOW));
          job.awaitRunning();
          if (parallelism == 2) {
            assertThat(verifier.readAll(reader, job)).isEqualTo(DeliveryVerifier.Faults.NONE);
          } else {
            verifier.read(reader, Math.min(FRAMES, verifier.accounted() + FRAMES / 4), job);
            savepoint = ClusterControl.stopWithSavepoint(cluster, job, true);
          }
          job.cancel();
        }
      }
    }
  }

  private static void publish(EmbeddedBroker broker) {
    try (FramePublisher publisher = new FramePublisher(broker.client(), "frames", 1 << 20)) {
      List<CompletableFuture<Void>> sent = new ArrayList<>();
      for (int i = 0; i < FRAMES; i++) {
        sent.add(
            publisher.publish(
                new Frame(
                    "camera-" + i % CAMERAS,
                    Integer.toString(i),
                    Instant.now(),
                    Image.encoded(PICTURE),
                    Map.of(),
                    TestEvents.SOURCE)));
      }
      sent.forEach(CompletableFuture::join);
    }
  }

  private static Configuration options(EmbeddedBroker broker) {
    Configuration options = new Configuration();
    options.set(KafkaOptions.BOOTSTRAP_SERVERS, broker.bootstrapServers());
    options.set(JobOptions.MODEL, "simulated");
    options.set(JobOptions.DEVICE, "cpu");
    options.set(JobOptions.CHECKPOINT_INTERVAL, Duration.ofMillis(300));
    return options;
  }

  private static OutcomeReader reader(EmbeddedBroker broker) {
    return new OutcomeReader(broker.client(), "labels", "rejected", IsolationLevel.READ_COMMITTED);
  }
}
