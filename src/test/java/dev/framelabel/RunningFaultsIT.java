package dev.framelabel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.framelabel.config.JobOptions;
import dev.framelabel.config.KafkaOptions;
import dev.framelabel.event.Frame;
import dev.framelabel.event.Image;
import dev.framelabel.event.LabelledFrame;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.common.IsolationLevel;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Faults that need no killed process: real broker, real Flink, real ONNX Runtime in this JVM. */
@Timeout(120)
class RunningFaultsIT {
  private static final byte[] RED = TestImages.jpeg(32, 32, Color.RED);

  @TempDir private static Path folder;
  private static EmbeddedBroker broker;
  private static LocalCluster cluster;

  private String name;

  @BeforeAll
  static void start() throws Exception {
    broker = EmbeddedBroker.start(folder.resolve("broker"));
    cluster = LocalCluster.start(1, 1, folder.resolve("flink"));
  }

  @AfterAll
  static void stop() throws Exception {
    cluster.close();
    broker.close();
  }

  @BeforeEach
  void createTopics(TestInfo test) {
    name = test.getTestMethod().orElseThrow().getName().replaceAll("[^a-zA-Z]", "-");
    createTopic(name + ".frames", 1 << 20);
    createTopic(name + ".labels", 1 << 20);
    createTopic(name + ".rejected", 1 << 20);
  }

  private static void createTopic(String topic, int maxBytes) {
    List<String> ignored = Topics.create(broker.client(), List.of(topic), 1, (short) 1, maxBytes);
  }

  @Test
  void partitionsAddedAndClocksAstray_everyFrameIsLabelledWithoutARestart() throws Exception {
    LocalCluster.Job job = submit(options(), "exponential-delay");
    job.awaitRunning();
    Instant now = Instant.now();
    publish("ahead", now.plus(Duration.ofHours(2)));
    publish("behind", now.minus(Duration.ofHours(24)));
    assertThat(read(2, job)).allMatch(LabelledFrame.class::isInstance);
    try (Admin admin = Admin.create(Map.copyOf(broker.client()))) {
      admin.createPartitions(Map.of(name + ".frames", NewPartitions.increaseTo(5))).all().get();
    }
    for (int camera = 0; camera < 20; camera++) {
      publish("camera-" + camera, now);
    }
    List<Outcome> outcomes = read(22, job);
    assertThat(outcomes).extracting(Outcome::cameraId).doesNotHaveDuplicates().hasSize(22);
    assertThat(outcomes.stream().map(outcome -> outcome.source().partition()).distinct())
        .as("frames of new partitions")
        .hasSizeGreaterThan(1);
    assertThat(ClusterControl.restores(job)).isZero();
    job.cancel();
  }

  @Test
  void modelFileBadAtTheStart_isNamedAndNothingIsConsumed() throws Exception {
    publish("camera", Instant.now());
    byte[] model = Files.readAllBytes(TestModels.colour());
    Path cut = Files.write(folder.resolve("cut.onnx"), Arrays.copyOf(model, model.length / 2));
    assertFails(Map.of("model", "/nowhere/model.onnx"), "model file /nowhere/model.onnx is not");
    assertFails(Map.of("model", cut.toString()), "model file " + cut);
    assertFails(Map.of("model-sha256", "0".repeat(64)), "expected " + "0".repeat(64));
    try (Admin admin = Admin.create(Map.copyOf(broker.client()))) {
      assertThat(
              admin.listConsumerGroupOffsets(name).partitionsToOffsetAndMetadata().get().values())
          .isEmpty();
    }
  }

  @Test
  void resultTooLarge_failsAndNamesTheTopic() throws Exception {
    createTopic(name + ".small", 100);
    publish("camera", Instant.now());
    assertFails(Map.of("labels-topic", name + ".small"), name + ".small", "Failed to send data");
  }

  @ParameterizedTest
  @ValueSource(strings = {".frames", ".labels"})
  void topicDeletedWhileTheJobRuns_failsAndNamesTheTopic(String topic) throws Exception {
    Configuration options = options();
    Path properties =
        Files.writeString(
            folder.resolve("kafka.properties"),
            """
            max.block.ms=5000
            request.timeout.ms=3000
            delivery.timeout.ms=5000
            """);
    options.set(KafkaOptions.KAFKA_PROPERTIES, properties.toString());
    LocalCluster.Job job = submit(options, "none");
    publish("camera", Instant.now());
    assertThat(read(1, job)).hasSize(1);
    try (Admin admin = Admin.create(Map.copyOf(broker.client()))) {
      admin.deleteTopics(List.of(name + topic)).all().get();
    }
    if (topic.equals(".labels")) {
      publish("camera", Instant.now());
    }
    assertEnds(job, name + topic);
  }

  private void assertFails(Map<String, String> changes, String... words) throws Exception {
    Configuration options = options();
    changes.forEach(options::setString);
    assertEnds(submit(options, "none"), words);
  }

  private static void assertEnds(LocalCluster.Job job, String... words) {
    assertThatThrownBy(
            () -> {
              Instant deadline = Instant.now().plusSeconds(60);
              while (Instant.now().isBefore(deadline)) {
                job.failIfEnded();
                Thread.sleep(50);
              }
            })
        .satisfies(
            failure -> {
              for (String word : words) {
                assertThat(failure).hasStackTraceContaining(word);
              }
            });
  }

  private Configuration options() {
    Configuration options = new Configuration();
    options.set(KafkaOptions.BOOTSTRAP_SERVERS, broker.bootstrapServers());
    options.set(KafkaOptions.FRAMES_TOPIC, name + ".frames");
    options.set(KafkaOptions.LABELS_TOPIC, name + ".labels");
    options.set(KafkaOptions.REJECTED_TOPIC, name + ".rejected");
    options.set(KafkaOptions.GROUP_ID, name);
    options.set(KafkaOptions.TRANSACTIONAL_ID_PREFIX, name);
    options.set(KafkaOptions.PARTITION_DISCOVERY_INTERVAL, Duration.ofMillis(500));
    options.set(JobOptions.MODEL, TestModels.colour().toString());
    options.set(JobOptions.DEVICE, "cpu");
    options.set(JobOptions.CHECKPOINT_INTERVAL, Duration.ofMillis(300));
    return options;
  }

  private static LocalCluster.Job submit(Configuration options, String restarts) throws Exception {
    Configuration flink = new Configuration();
    flink.setString("restart-strategy.type", restarts);
    return cluster.submit(
        1, Optional.empty(), environment -> LabellingJob.addTo(environment, options, flink));
  }

  private void publish(String camera, Instant capturedAt) {
    try (FramePublisher publisher =
        new FramePublisher(broker.client(), name + ".frames", 1 << 20)) {
      publisher
          .publish(
              new Frame(
                  camera,
                  "frame-of-" + camera,
                  capturedAt,
                  Image.encoded(RED),
                  Map.of(),
                  TestEvents.SOURCE))
          .join();
    }
  }

  private List<Outcome> read(int count, LocalCluster.Job job) throws Exception {
    List<Outcome> outcomes = new ArrayList<>();
    Instant deadline = Instant.now().plusSeconds(60);
    try (OutcomeReader reader =
        new OutcomeReader(
            broker.client(), name + ".labels", name + ".rejected", IsolationLevel.READ_COMMITTED)) {
      while (outcomes.size() < count && Instant.now().isBefore(deadline)) {
        outcomes.addAll(reader.poll(Duration.ofMillis(100)));
        job.failIfEnded();
      }
    }
    return outcomes;
  }
}
