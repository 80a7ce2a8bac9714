package dev.framelabel.kafka.source;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.framelabel.config.KafkaOptions;
import dev.framelabel.event.Bytes;
import dev.framelabel.event.Frame;
import dev.framelabel.event.FrameEvent;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.RejectionKind;
import dev.framelabel.event.TestEvents;
import dev.framelabel.kafka.admin.Topics;
import dev.framelabel.pipeline.state.EventTypeInformation;
import dev.framelabel.testing.cluster.Await;
import dev.framelabel.tools.clients.FramePublisher;
import dev.framelabel.tools.demo.ClusterControl;
import dev.framelabel.tools.demo.EmbeddedBroker;
import dev.framelabel.tools.demo.LocalCluster;
import dev.framelabel.tools.demo.RestMetrics;
import dev.framelabel.wire.ImageEvents;
import dev.framelabel.wire.OutputFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames as Flink's Kafka source hands them on, from a real broker. */
@Timeout(120)
class FrameSourceIT {
  private static final int FRAMES = 20;
  private static final int IMAGE_BYTES = 1_000;
  private static final Duration LIMIT = Duration.ofSeconds(40);
  private static final Duration LOOK_INTERVAL = Duration.ofMillis(500);
  private static final String SKIPPED = "framelabel.offsetsSkipped";
  private static final String WAITING = "framelabel.partitionsWaitingAtLastStableOffset";
  private static final TopicPartition FRAMES_0 = new TopicPartition("frames", 0);

  /**
   * What the source handed on: Flink runs in this process, and the map is chained to the source.
   */
  private static final Queue<FrameEvent> EVENTS = new ConcurrentLinkedQueue<>();

  @TempDir private Path folder;
  private EmbeddedBroker broker;

  @BeforeEach
  void start() {
    EVENTS.clear();
    broker = EmbeddedBroker.start(folder, Map.of());
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "gzip", "lz4"})
  void frames_ofATopic_comeWholeAndOthersAreRejected(String compression) throws Exception {
    publish(compression);
    Configuration options = options();
    options.set(KafkaOptions.BOUNDED, true);
    read(options);
    assertThat(EVENTS).hasSize(FRAMES + 3);
    int frames = 0;
    for (FrameEvent event : EVENTS) {
      if (event instanceof Frame frame) {
        Bytes image = frame.image().bytes();
        assertThat(frame.frameId()).isEqualTo(Integer.toString(frames));
        assertThat(image.array()).isEqualTo(image(frames));
        frames++;
      }
    }
    assertThat(frames).isEqualTo(FRAMES);
    assertThat(EVENTS)
        .filteredOn(RejectedFrame.class::isInstance)
        .extracting(event -> (RejectedFrame) event)
        .allMatch(rejected -> rejected.kind() == RejectionKind.UNREADABLE_EVENT)
        .extracting(rejected -> new String(rejected.original().array(), US_ASCII))
        .containsExactly("no event", "", "");
  }

  @Test
  void frameOffsets_ofATopic_areReadAndNoOthers() throws Exception {
    publish("none");
    Configuration options = options();
    options.set(KafkaOptions.FRAME_OFFSETS, "frames-0@3..5, frames-0@" + (FRAMES - 1));
    read(options);
    assertThat(EVENTS)
        .extracting(event -> ((Frame) event).frameId())
        .containsExactly("3", "4", "5", Integer.toString(FRAMES - 1));
  }

  @Test
  void frameOffsets_thatTheTopicDoesNotHold_endTheJob() {
    publish("none");
    Configuration options = options();
    options.set(KafkaOptions.FRAME_OFFSETS, "frames-0@3.." + (FRAMES + 3));
    assertThatThrownBy(() -> read(options))
        .hasStackTraceContaining(
            "--frame-offsets names offsets 3.."
                + (FRAMES + 3)
                + " of frames-0; the topic holds 0..");
    assertThat(EVENTS).isEmpty();
  }

  /**
   * Frames of committed transactions are read, those of an aborted one are not, and what stands
   * behind an open one waits. No marker and no aborted record counts as lost.
   */
  @Test
  void transactions_committedAbortedAndOpen_onlyCommittedAreFrames() throws Exception {
    createTopic();
    try (LocalCluster cluster = LocalCluster.start(1, 1, folder.resolve("flink"));
        KafkaProducer<byte[], byte[]> publisher = transactional("publisher");
        KafkaProducer<byte[], byte[]> hanging = transactional("hanging")) {
      LocalCluster.Job job = submit(cluster, Optional.empty(), options());
      for (String id : List.of("c0", "c1", "c2")) {
        send(publisher, id, true);
      }
      send(publisher, "a0", false);
      send(publisher, "c3", true);
      awaitFrames("c0", "c1", "c2", "c3");
      awaitMetric(cluster, WAITING, 0);
      begin(hanging, "h0");
      send(publisher, "c4", true);
      awaitMetric(cluster, WAITING, 1);
      assertThat(frames()).containsExactly("c0", "c1", "c2", "c3");
      hanging.abortTransaction();
      awaitFrames("c0", "c1", "c2", "c3", "c4");
      awaitMetric(cluster, WAITING, 0);
      assertThat(RestMetrics.sum(cluster, SKIPPED)).isZero();
      job.cancel();
    }
  }

  /** It ends at the offsets that are the latest when it starts, so that nothing is left out. */
  @Test
  void bounded_openTransaction_waitsForItsEnd() throws Exception {
    createTopic();
    try (LocalCluster cluster = LocalCluster.start(1, 1, folder.resolve("flink"));
        KafkaProducer<byte[], byte[]> publisher = transactional("publisher");
        KafkaProducer<byte[], byte[]> open = transactional("open")) {
      send(publisher, "c0", true);
      begin(open, "c1");
      send(publisher, "c2", true);
      Configuration options = options();
      options.set(KafkaOptions.BOUNDED, true);
      LocalCluster.Job job = submit(cluster, Optional.empty(), options);
      awaitMetric(cluster, WAITING, 1);
      assertThat(frames()).containsExactly("c0");
      begin(publisher, "later");
      open.commitTransaction();
      ClusterControl.awaitEnd(job);
      assertThat(frames()).containsExactly("c0", "c1", "c2");
    }
  }

  /** While the job was down; the transaction markers among the removed offsets count too. */
  @Test
  void retention_overtakesAStoppedJob_isCountedFromItsSavepoint() throws Exception {
    createTopic();
    try (LocalCluster cluster = LocalCluster.start(1, 1, folder.resolve("flink"));
        Admin admin = Admin.create(Map.copyOf(broker.client()));
        KafkaProducer<byte[], byte[]> publisher = transactional("publisher")) {
      LocalCluster.Job job = submit(cluster, Optional.empty(), options());
      send(publisher, "c0", true);
      awaitFrames("c0");
      String savepoint = ClusterControl.stopWithSavepoint(cluster, job, false);
      for (String id : List.of("gone-1", "gone-2", "c1", "c2")) {
        send(publisher, id, true);
      }
      // Offsets 0 to 5: c0, gone-1 and gone-2 with a marker each; the savepoint stands at 1.
      admin.deleteRecords(Map.of(FRAMES_0, RecordsToDelete.beforeOffset(6))).all().get();
      job = submit(cluster, Optional.of(savepoint), options());
      awaitFrames("c0", "c1", "c2");
      awaitMetric(cluster, SKIPPED, 5);
      job.cancel();
    }
  }

  @Test
  void build_readUncommittedInTheFile_isRefused() throws Exception {
    Configuration options = options();
    Path file = folder.resolve("client.properties");
    options.set(KafkaOptions.KAFKA_PROPERTIES, file.toString());
    Files.writeString(file, "isolation.level=read_uncommitted\n");
    assertThatThrownBy(() -> source(options))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(
            "--kafka-properties sets isolation.level=read_uncommitted", "expected read_committed");
    Files.writeString(file, "isolation.level=read_committed\n");
    assertThat(source(options).getBoundedness()).isEqualTo(Boundedness.CONTINUOUS_UNBOUNDED);
  }

  private void createTopic() {
    List<String> ignored = Topics.create(broker.client(), List.of("frames"), 1, (short) 1, 1 << 20);
  }

  private KafkaProducer<byte[], byte[]> transactional(String id) {
    Map<String, Object> client = new HashMap<>(broker.client());
    client.put("transactional.id", id);
    KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
    producer.initTransactions();
    return producer;
  }

  private static void send(KafkaProducer<byte[], byte[]> producer, String id, boolean commit)
      throws Exception {
    begin(producer, id);
    if (commit) {
      producer.commitTransaction();
    } else {
      producer.abortTransaction();
    }
  }

  private static void begin(KafkaProducer<byte[], byte[]> producer, String id) throws Exception {
    byte[] value =
        new ImageEvents().write(TestEvents.frame(id, new byte[] {1}), OutputFormat.SINGLE_OBJECT);
    producer.beginTransaction();
    RecordMetadata ignored = producer.send(new ProducerRecord<>("frames", value)).get();
  }

  private static List<String> frames() {
    return EVENTS.stream().map(event -> ((Frame) event).frameId()).toList();
  }

  private static void awaitFrames(String... ids) {
    Await.until("frames " + List.of(ids), LIMIT, () -> frames().equals(List.of(ids)));
  }

  private static void awaitMetric(LocalCluster cluster, String name, long value) {
    Await.until(name + " = " + value, LIMIT, () -> RestMetrics.sum(cluster, name) == value);
  }

  private void publish(String compression) {
    Map<String, String> client = new HashMap<>(broker.client());
    client.put("compression.type", compression);
    client.put("linger.ms", "500");
    client.put("batch.size", Integer.toString(FRAMES * 2 * IMAGE_BYTES));
    createTopic();
    List<CompletableFuture<Void>> sent = new ArrayList<>();
    try (FramePublisher publisher = new FramePublisher(client, "frames", 1 << 20)) {
      for (int i = 0; i < FRAMES; i++) {
        sent.add(publisher.publish(TestEvents.frame(Integer.toString(i), image(i))));
      }
      sent.add(publisher.publish("camera", "no event".getBytes(US_ASCII)));
      sent.add(publisher.publish("camera", new byte[0]));
      sent.add(publisher.publish("camera", null));
      sent.forEach(CompletableFuture::join);
    }
  }

  private static byte[] image(int number) {
    byte[] image = new byte[IMAGE_BYTES];
    Arrays.fill(image, (byte) (number + 1));
    return image;
  }

  private Configuration options() {
    Configuration options = new Configuration();
    options.set(KafkaOptions.BOOTSTRAP_SERVERS, broker.client().get("bootstrap.servers"));
    return options;
  }

  private static Source<FrameEvent, ?, ?> source(Configuration options) {
    return FrameSource.build(
        new KafkaOptions(options), new EventTypeInformation<>(FrameEvent.class), LOOK_INTERVAL);
  }

  private static void read(Configuration options) throws Exception {
    StreamExecutionEnvironment environment = StreamExecutionEnvironment.createLocalEnvironment(1);
    collect(environment, source(options));
    environment.execute();
  }

  private LocalCluster.Job submit(
      LocalCluster cluster, Optional<String> savepoint, Configuration options) throws Exception {
    LocalCluster.Job job =
        cluster.submit(1, savepoint, environment -> collect(environment, source(options)));
    job.awaitRunning();
    return job;
  }

  private static void collect(
      StreamExecutionEnvironment environment, Source<FrameEvent, ?, ?> source) {
    environment
        .fromSource(source, WatermarkStrategy.noWatermarks(), "frames")
        .uid("frames")
        .map(
            event -> {
              EVENTS.add(event);
              return 0;
            })
        .returns(Integer.class)
        .uid("collect")
        .sinkTo(new DiscardingSink<>())
        .uid("discard");
  }
}
