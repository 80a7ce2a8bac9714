package dev.framelabel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.config.Delivery;
import dev.framelabel.config.JobOptions;
import dev.framelabel.config.KafkaOptions;
import dev.framelabel.event.Frame;
import dev.framelabel.event.Image;
import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.RejectionKind;
import dev.framelabel.event.TestEvents;
import dev.framelabel.image.TestImages;
import dev.framelabel.kafka.admin.Topics;
import dev.framelabel.kafka.sink.commit.ResultHeaders;
import dev.framelabel.model.TestModels;
import dev.framelabel.testing.DeliveryVerifier;
import dev.framelabel.testing.cluster.Await;
import dev.framelabel.tools.clients.FramePublisher;
import dev.framelabel.tools.clients.OutcomeReader;
import dev.framelabel.tools.demo.ClusterControl;
import dev.framelabel.tools.demo.EmbeddedBroker;
import dev.framelabel.tools.demo.LocalCluster;
import dev.framelabel.wire.OutputFormat;
import dev.framelabel.wire.registry.RegistrySettings;
import dev.framelabel.wire.registry.StandInRegistry;
import java.awt.Color;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The job as a cluster runs it: real broker, real Flink (MiniCluster), real ONNX Runtime. */
@Timeout(240)
class LabellingJobIT {
  private static final int MAX_RECORD_BYTES = 4 << 20;
  private static final byte[] RED = TestImages.jpeg(64, 48, Color.RED);
  private static final byte[] BLUE = TestImages.jpeg(64, 48, Color.BLUE);

  @TempDir private static Path folder;
  private static EmbeddedBroker broker;

  private String name;
  private FramePublisher publisher;

  @BeforeAll
  static void startBroker() {
    broker = EmbeddedBroker.start(folder);
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @BeforeEach
  void createTopics(TestInfo test) {
    name = test.getTestMethod().orElseThrow().getName().replaceAll("[^a-zA-Z]", "-");
    Topics.create(
        broker.client(),
        List.of(name + ".frames", name + ".labels", name + ".rejected"),
        3,
        (short) 1,
        MAX_RECORD_BYTES);
    publisher = new FramePublisher(broker.client(), name + ".frames", MAX_RECORD_BYTES);
  }

  @Test
  void badInput_becomesRejectedWithItsKindAndHarmsNoNeighbour() throws Exception {
    publisher.publish(frame("good-1", RED)).join();
    publisher.publish("cam", new byte[0]).join();
    publisher.publish("cam", "this is no Avro".getBytes(UTF_8)).join();
    publisher.publish(frame("text", "this is no image".getBytes(UTF_8))).join();
    publisher.publish(frame("cut", Arrays.copyOf(RED, RED.length / 2))).join();
    publisher.publish(frame("huge", hugeJpeg())).join();
    publisher.publish(frame("good-2", BLUE)).join();
    try (LocalCluster cluster = LocalCluster.start(1, 1, folder.resolve(name))) {
      LocalCluster.Job job = submit(cluster, 1, Optional.empty(), options());
      List<Outcome> outcomes =
          readExact(List.of("good-1", "text", "cut", "huge", "good-2"), 2, job);
      Map<RejectionKind, List<String>> rejected =
          outcomes.stream()
              .filter(RejectedFrame.class::isInstance)
              .map(RejectedFrame.class::cast)
              .collect(
                  Collectors.groupingBy(
                      RejectedFrame::kind,
                      Collectors.mapping(RejectedFrame::frameId, Collectors.toList())));
      assertThat(rejected)
          .containsOnly(
              Map.entry(RejectionKind.UNREADABLE_EVENT, List.of("", "")),
              Map.entry(RejectionKind.UNSUPPORTED_FORMAT, List.of("text")),
              Map.entry(RejectionKind.CORRUPT_IMAGE, List.of("cut")),
              Map.entry(RejectionKind.IMAGE_TOO_LARGE, List.of("huge")));
      assertThat(labels(outcomes))
          .containsOnly(Map.entry("good-1", "red"), Map.entry("good-2", "blue"));
      job.cancel();
    }
  }

  /** A registry on both ends, every way to send a frame, and headers from the frame's record on. */
  @Test
  void otherServices_sendInTheirFramings_andGetResultsInTheirs() throws Exception {
    Map<String, String> trace = Map.of("traceparent", "00-ab-cd-01", "ce_source", "/yard");
    Path image = Files.write(Files.createDirectories(folder.resolve("images")).resolve("b"), BLUE);
    try (StandInRegistry registry = new StandInRegistry();
        LocalCluster cluster = LocalCluster.start(1, 1, folder.resolve(name))) {
      Optional<RegistrySettings> apicurio =
          Optional.of(new RegistrySettings(registry.apicurioUrl(), ""));
      for (OutputFormat framing : OutputFormat.values()) {
        try (FramePublisher sender = publisher(framing, apicurio)) {
          sender.publish(frame(framing.toString(), RED)).join();
        }
      }
      publisher
          .publish("gate", BLUE, Map.of("frame-id", "bare", "traceparent", "00-1-2-01"))
          .join();
      publisher.publish("gate", new byte[] {0, 0, 0, 77, 77, 1, 2, 3}, trace).join();
      publisher.publish(reference("claim", image.toUri().toString(), trace)).join();
      publisher.publish(reference("refused", "file:/etc/passwd", trace)).join();
      Configuration options = options();
      options.set(KafkaOptions.REGISTRY, registry.apicurioUrl());
      options.set(KafkaOptions.OUTPUT_FORMAT, OutputFormat.APICURIO);
      options.set(JobOptions.IMAGE_URI_PREFIXES, image.getParent().toUri().toString());
      LocalCluster.Job job = submit(cluster, 1, Optional.empty(), options);
      List<String> frames =
          new ArrayList<>(Stream.of(OutputFormat.values()).map(OutputFormat::toString).toList());
      frames.addAll(List.of("bare", "claim", "refused"));
      List<Outcome> outcomes = readExact(frames, 1, job);
      assertThat(labels(outcomes))
          .containsOnly(
              Map.entry("single-object", "red"),
              Map.entry("plain", "red"),
              Map.entry("confluent", "red"),
              Map.entry("apicurio", "red"),
              Map.entry("bare", "blue"),
              Map.entry("claim", "blue"));
      assertThat(rejectedKinds(outcomes))
          .containsOnlyOnceElementsOf(
              List.of(RejectionKind.UNREADABLE_EVENT, RejectionKind.IMAGE_URI_REFUSED));
      assertResultRecords(trace);
      assertThat(registry.calls.stream().filter(call -> call.startsWith("POST")))
          .as("frames' and labels' and rejected schemas, each once for each sender")
          .hasSize(4);
      job.cancel();
    }
  }

  private FramePublisher publisher(OutputFormat framing, Optional<RegistrySettings> registry) {
    return new FramePublisher(
        broker.client(), name + ".frames", MAX_RECORD_BYTES, framing, registry);
  }

  private static Frame reference(String id, String uri, Map<String, String> headers) {
    Frame frame = frame(id, RED).withImage(Image.reference(uri));
    return new Frame(
        frame.cameraId(),
        id,
        frame.capturedAt(),
        frame.image(),
        frame.attributes(),
        frame.source(),
        headers);
  }

  private static List<RejectionKind> rejectedKinds(List<Outcome> outcomes) {
    return outcomes.stream()
        .filter(RejectedFrame.class::isInstance)
        .map(outcome -> ((RejectedFrame) outcome).kind())
        .toList();
  }

  /** The records themselves: eight-byte ids before the values, headers where frames had some. */
  private void assertResultRecords(Map<String, String> trace) {
    List<Map<String, String>> headers = new ArrayList<>();
    Map<String, Object> client = new HashMap<>(broker.client());
    client.put("isolation.level", "read_committed");
    try (var consumer =
        new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions = new ArrayList<>();
      for (int partition = 0; partition < 3; partition++) {
        partitions.add(new TopicPartition(name + ".labels", partition));
        partitions.add(new TopicPartition(name + ".rejected", partition));
      }
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      for (int seen = 0; seen < 8; ) {
        for (ConsumerRecord<byte[], byte[]> entry : consumer.poll(Duration.ofMillis(500))) {
          seen++;
          assertThat(entry.value()).startsWith(0, 0, 0, 0, 0, 0, 0);
          Map<String, String> found = new HashMap<>();
          entry.headers().forEach(one -> found.put(one.key(), new String(one.value(), UTF_8)));
          assertThat(found.remove(ResultHeaders.WRITER)).as("the writer").isNotEmpty();
          headers.add(found);
        }
      }
    }
    headers.removeIf(Map::isEmpty);
    assertThat(headers)
        .containsExactlyInAnyOrder(trace, trace, trace, Map.of("traceparent", "00-1-2-01"));
  }

  @Test
  void taskManagerEndsInMidBatch_everyFrameComesOutOnceAndInOrder() throws Exception {
    try (LocalCluster cluster = LocalCluster.start(2, 1, folder.resolve(name))) {
      LocalCluster.Job job = submit(cluster, 2, Optional.empty(), options());
      job.awaitRunning();
      CompletableFuture<Void> publishing = publishInBackground(6_000);
      for (int kill = 0; kill < 2; kill++) {
        awaitSome(1_000 * (kill + 1));
        ClusterControl.replaceTaskManager(cluster, kill);
      }
      publishing.join();
      assertExact(6_000, job);
      assertThat(ClusterControl.restores(job)).as("the failures were real").isPositive();
      job.cancel();
    }
  }

  @Test
  void stopWithSavepoint_thenStartFromIt_losesAndDoublesNothing() throws Exception {
    try (LocalCluster cluster = LocalCluster.start(1, 2, folder.resolve(name))) {
      LocalCluster.Job first = submit(cluster, 1, Optional.empty(), options());
      first.awaitRunning();
      CompletableFuture<Void> publishing = publishInBackground(2_000);
      awaitSome(500);
      String savepoint = ClusterControl.stopWithSavepoint(cluster, first, false);
      LocalCluster.Job second = submit(cluster, 1, Optional.of(savepoint), options());
      publishing.join();
      assertExact(2_000, second);
      second.cancel();
    }
  }

  @Test
  void bounded_job_labelsHistoryAndEnds() throws Exception {
    publishInBackground(300).join();
    try (LocalCluster cluster = LocalCluster.start(1, 1, folder.resolve(name))) {
      Configuration options = options();
      options.set(KafkaOptions.BOUNDED, true);
      LocalCluster.Job job = submit(cluster, 1, Optional.empty(), options);
      ClusterControl.awaitEnd(job);
      assertExact(300, job);
    }
  }

  @Test
  void fromTimestamp_ofALaterRecord_leavesTheEarlierOut() throws Exception {
    publisher.publish(frame("early", RED)).join();
    Instant between = Instant.now().plusMillis(50);
    Await.pause(Duration.ofMillis(100));
    publisher.publish(frame("late", BLUE)).join();
    try (LocalCluster cluster = LocalCluster.start(1, 1, folder.resolve(name))) {
      Configuration options = options();
      options.set(KafkaOptions.FROM_TIMESTAMP, between.toString());
      options.set(KafkaOptions.BOUNDED, true);
      LocalCluster.Job job = submit(cluster, 1, Optional.empty(), options);
      ClusterControl.awaitEnd(job);
      assertThat(readExact(List.of("late"), 0, job)).hasSize(1);
    }
  }

  @Test
  void atLeastOnce_results_areSeenBeforeTheCheckpoint() throws Exception {
    try (LocalCluster cluster = LocalCluster.start(1, 1, folder.resolve(name))) {
      Configuration options = options();
      options.set(KafkaOptions.DELIVERY, Delivery.AT_LEAST_ONCE);
      options.set(JobOptions.CHECKPOINT_INTERVAL, Duration.ofHours(1));
      LocalCluster.Job job = submit(cluster, 1, Optional.empty(), options);
      publishInBackground(50).join();
      assertExact(50, job);
      job.cancel();
    }
  }

  @Test
  void newJobOfTheSameGroup_startsAtTheCommittedOffsets() throws Exception {
    publishInBackground(100).join();
    try (LocalCluster cluster = LocalCluster.start(1, 1, folder.resolve(name))) {
      LocalCluster.Job first = submit(cluster, 1, Optional.empty(), options());
      assertExact(100, first);
      awaitCommittedOffsets(100);
      String ignored = ClusterControl.stopWithSavepoint(cluster, first, false);
      publisher.publish(frame("new", RED)).join();
      LocalCluster.Job second = submit(cluster, 1, Optional.empty(), options());
      List<String> published = new ArrayList<>(numbered(100));
      published.add("new");
      assertThat(readExact(published, 0, second)).hasSize(101);
      second.cancel();
    }
  }

  /** The source commits when its next fetch ends, which takes up to 10 s where no frames come. */
  private void awaitCommittedOffsets(long sum) {
    try (Admin admin = Admin.create(Map.copyOf(broker.client()))) {
      Await.until(
          "offsets up to " + sum + " are committed",
          Duration.ofSeconds(30),
          () ->
              admin
                      .listConsumerGroupOffsets(name)
                      .partitionsToOffsetAndMetadata()
                      .get()
                      .values()
                      .stream()
                      .mapToLong(OffsetAndMetadata::offset)
                      .sum()
                  == sum);
    }
  }

  private Configuration options() {
    Configuration options = new Configuration();
    options.set(KafkaOptions.BOOTSTRAP_SERVERS, broker.bootstrapServers());
    options.set(KafkaOptions.FRAMES_TOPIC, name + ".frames");
    options.set(KafkaOptions.LABELS_TOPIC, name + ".labels");
    options.set(KafkaOptions.REJECTED_TOPIC, name + ".rejected");
    options.set(KafkaOptions.GROUP_ID, name);
    options.set(KafkaOptions.TRANSACTIONAL_ID_PREFIX, name);
    options.set(JobOptions.MODEL, TestModels.colour().toString());
    options.set(JobOptions.DEVICE, "cpu");
    options.set(JobOptions.CHECKPOINT_INTERVAL, Duration.ofMillis(300));
    options.set(JobOptions.MAX_QUEUE_DELAY, "50 ms");
    return options;
  }

  private static LocalCluster.Job submit(
      LocalCluster cluster, int parallelism, Optional<String> savepoint, Configuration options)
      throws Exception {
    Configuration flink = new Configuration();
    flink.setString("restart-strategy.exponential-delay.initial-backoff", "200 ms");
    return cluster.submit(
        parallelism, savepoint, environment -> LabellingJob.addTo(environment, options, flink));
  }

  private static Frame frame(String id, byte[] image) {
    return new Frame(
        "cam",
        id,
        Instant.now().truncatedTo(ChronoUnit.MICROS),
        Image.encoded(image),
        Map.of(),
        TestEvents.SOURCE);
  }

  /** Frames {@code 0..count-1} of five cameras at about 1,000 a second. */
  private CompletableFuture<Void> publishInBackground(int count) {
    return CompletableFuture.runAsync(
        () -> {
          CompletableFuture<Void> last = CompletableFuture.completedFuture(null);
          long begun = System.nanoTime();
          for (int i = 0; i < count; i++) {
            Await.pause(Duration.ofNanos(begun + i * 1_000_000L - System.nanoTime()));
            last =
                publisher.publish(
                    new Frame(
                        "cam-" + i % 5,
                        Integer.toString(i),
                        Instant.now().truncatedTo(ChronoUnit.MICROS),
                        Image.encoded(i % 2 == 0 ? RED : BLUE),
                        Map.of(),
                        TestEvents.SOURCE));
          }
          last.join();
        });
  }

  private OutcomeReader reader() {
    return new OutcomeReader(
        broker.client(), name + ".labels", name + ".rejected", IsolationLevel.READ_COMMITTED);
  }

  /** Waits until a read_committed reader has seen so many outcomes. */
  private void awaitSome(int count) throws Exception {
    try (OutcomeReader reader = reader()) {
      for (int seen = 0; seen < count; ) {
        seen += reader.poll(Duration.ofMillis(100)).size();
      }
    }
  }

  /** Reads one result of each record, in the order of its camera's frames. */
  private List<Outcome> readExact(List<String> published, int unreadable, LocalCluster.Job job)
      throws Exception {
    DeliveryVerifier verifier = new DeliveryVerifier(published, unreadable);
    try (OutcomeReader reader = reader()) {
      assertThat(verifier.readAll(reader, job)).isEqualTo(DeliveryVerifier.Faults.NONE);
    }
    return verifier.outcomes();
  }

  private static List<String> numbered(int count) {
    return IntStream.range(0, count).mapToObj(Integer::toString).toList();
  }

  /** Reads one result of each of {@link #publishInBackground}'s frames, with its label. */
  private void assertExact(int count, LocalCluster.Job job) throws Exception {
    Map<String, String> labels = labels(readExact(numbered(count), 0, job));
    for (int i = 0; i < count; i++) {
      assertThat(labels.get(Integer.toString(i))).isEqualTo(i % 2 == 0 ? "red" : "blue");
    }
  }

  private static Map<String, String> labels(List<Outcome> outcomes) {
    return outcomes.stream()
        .filter(LabelledFrame.class::isInstance)
        .map(LabelledFrame.class::cast)
        .collect(Collectors.toMap(LabelledFrame::frameId, frame -> frame.labels().get(0).label()));
  }

  /** A real JPEG whose header claims 65,535 x 65,535 pixels. */
  private static byte[] hugeJpeg() {
    byte[] jpeg = RED.clone();
    for (int at = 0; at + 9 < jpeg.length; at++) {
      if (jpeg[at] == (byte) 0xFF && jpeg[at + 1] == (byte) 0xC0) {
        Arrays.fill(jpeg, at + 5, at + 9, (byte) 0xFF);
        return jpeg;
      }
    }
    throw new AssertionError("no frame header");
  }
}
