package dev.framelabel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.config.JobOptions;
import dev.framelabel.config.KafkaOptions;
import dev.framelabel.config.LostCommit;
import dev.framelabel.event.Frame;
import dev.framelabel.event.Image;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.TestEvents;
import dev.framelabel.image.TestImages;
import dev.framelabel.kafka.admin.Topics;
import dev.framelabel.model.TestModels;
import dev.framelabel.tools.clients.FramePublisher;
import dev.framelabel.tools.clients.OutcomeReader;
import dev.framelabel.tools.demo.ClusterControl;
import dev.framelabel.tools.demo.EmbeddedBroker;
import dev.framelabel.tools.demo.LocalCluster;
import java.awt.Color;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.common.IsolationLevel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every version restores what earlier ones saved. A savepoint of each state format is kept in the
 * test resources, for ever: one rejected frame and ten good ones had been read, of which the last
 * two waited for their batch.
 */
@Timeout(120)
class SavepointIT {
  private static final Path KEPT = Path.of("src/test/resources/state");
  private static final byte[] RED = TestImages.jpeg(16, 16, Color.RED);

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"savepoint-0.1.0"})
  void submit_fromAKeptSavepoint_goesOnWhereItStood(String name) throws Exception {
    try (EmbeddedBroker broker = broker();
        LocalCluster cluster = LocalCluster.start(1, 1, folder)) {
      publish(broker, 14);
      Configuration options = options(broker);
      options.set(JobOptions.MAX_QUEUE_DELAY, "50 ms");
      // The savepoint's own last commit went to a broker that is no more.
      options.set(KafkaOptions.ON_LOST_COMMIT, LostCommit.CONTINUE);
      LocalCluster.Job job =
          submit(cluster, Optional.of(KEPT.resolve(name).toUri().toString()), options);
      assertThat(read(broker, 6, job)).containsExactly("8", "9", "10", "11", "12", "13");
      job.cancel();
    }
  }

  /** Makes a new sample: see CONTRIBUTING.md. */
  @Test
  @EnabledIfSystemProperty(named = "framelabel.new.savepoint", matches = ".+")
  void stopWithSavepoint_keepsItForLaterVersions() throws Exception {
    Path target = KEPT.resolve(System.getProperty("framelabel.new.savepoint"));
    try (EmbeddedBroker broker = broker();
        LocalCluster cluster = LocalCluster.start(1, 1, folder)) {
      publish(broker, 10);
      Configuration options = options(broker);
      options.set(JobOptions.MAX_QUEUE_DELAY, "1 h");
      options.set(JobOptions.INFERENCE_TIMEOUT, Duration.ofHours(2));
      LocalCluster.Job job = submit(cluster, Optional.empty(), options);
      assertThat(read(broker, 9, job)).hasSize(9);
      Path made = Path.of(URI.create(ClusterControl.stopWithSavepoint(cluster, job, false)));
      Files.createDirectories(target);
      try (var files = Files.list(made)) {
        for (Path file : files.toList()) {
          Path ignored = Files.copy(file, target.resolve(file.getFileName()));
        }
      }
    }
  }

  private EmbeddedBroker broker() {
    EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"));
    List<String> ignored =
        Topics.create(
            broker.client(), List.of("frames", "labels", "rejected"), 1, (short) 1, 1 << 20);
    return broker;
  }

  private static Configuration options(EmbeddedBroker broker) {
    Configuration options = new Configuration();
    options.set(KafkaOptions.BOOTSTRAP_SERVERS, broker.bootstrapServers());
    options.set(JobOptions.MODEL, TestModels.colour().toString());
    options.set(JobOptions.DEVICE, "cpu");
    options.set(JobOptions.MAX_BATCH_SIZE, 4);
    options.set(JobOptions.CHECKPOINT_INTERVAL, Duration.ofMillis(300));
    return options;
  }

  private static LocalCluster.Job submit(
      LocalCluster cluster, Optional<String> savepoint, Configuration options) throws Exception {
    Configuration flink = new Configuration();
    flink.setString("restart-strategy.type", "none");
    return cluster.submit(
        1, savepoint, environment -> LabellingJob.addTo(environment, options, flink));
  }

  private static void publish(EmbeddedBroker broker, int count) {
    try (FramePublisher publisher = new FramePublisher(broker.client(), "frames", 1 << 20)) {
      publisher.publish(frame("bad", "no image".getBytes(UTF_8))).join();
      for (int i = 0; i < count; i++) {
        publisher.publish(frame(Integer.toString(i), RED)).join();
      }
    }
  }

  private static Frame frame(String id, byte[] image) {
    return new Frame(
        "cam",
        id,
        Instant.now().truncatedTo(ChronoUnit.MICROS),
        Image.encoded(image),
        Map.of("site", "Köln"),
        TestEvents.SOURCE);
  }

  private static List<String> read(EmbeddedBroker broker, int count, LocalCluster.Job job)
      throws Exception {
    List<String> ids = new ArrayList<>();
    try (OutcomeReader reader =
        new OutcomeReader(broker.client(), "labels", "rejected", IsolationLevel.READ_COMMITTED)) {
      Instant deadline = Instant.now().plusSeconds(60);
      while (ids.size() < count && Instant.now().isBefore(deadline)) {
        job.failIfEnded();
        reader.poll(Duration.ofMillis(100)).stream().map(Outcome::frameId).forEach(ids::add);
      }
      for (int poll = 0; poll < 8; poll++) {
        reader.poll(Duration.ofMillis(100)).stream().map(Outcome::frameId).forEach(ids::add);
      }
    }
    return ids;
  }
}
