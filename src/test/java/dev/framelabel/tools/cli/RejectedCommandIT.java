package dev.framelabel.tools.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.event.Bytes;
import dev.framelabel.event.Frame;
import dev.framelabel.event.FrameEvent;
import dev.framelabel.event.Image;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.RejectionKind;
import dev.framelabel.event.SourcePosition;
import dev.framelabel.event.TestEvents;
import dev.framelabel.kafka.admin.Topics;
import dev.framelabel.testing.cluster.Await;
import dev.framelabel.tools.deadletter.FrameReplay;
import dev.framelabel.tools.demo.EmbeddedBroker;
import dev.framelabel.wire.ImageEvents;
import dev.framelabel.wire.OutputFormat;
import dev.framelabel.wire.RejectedFrames;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command against a real broker; the job is played by what the test writes. */
@Timeout(120)
class RejectedCommandIT {
  private static final byte[] IMAGE = "no image".getBytes(UTF_8);
  private static final byte[] JPEG = {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF, 'd', 'a', 'm', 'p'};
  private static final int KEPT_BYTES = 100_000;

  @TempDir private static Path folder;
  private static EmbeddedBroker broker;
  private static KafkaProducer<byte[], byte[]> producer;

  private final ImageEvents events = new ImageEvents();
  private final RejectedFrames rejections = new RejectedFrames(KEPT_BYTES);
  private String frames;
  private String rejected;

  /** What a run of the command left behind. */
  private record Run(int status, String out) {}

  @BeforeAll
  static void startBroker() {
    broker = EmbeddedBroker.start(folder.resolve("broker"));
    producer =
        new KafkaProducer<>(
            new HashMap<>(broker.client()), new ByteArraySerializer(), new ByteArraySerializer());
  }

  @AfterAll
  static void stopBroker() {
    producer.close();
    broker.close();
  }

  @BeforeEach
  void createTopics(TestInfo test) {
    String name = test.getTestMethod().orElseThrow().getName().replaceAll("[^a-zA-Z]", "-");
    frames = name + ".frames";
    rejected = name + ".rejected";
    List<String> ignored =
        Topics.create(broker.client(), List.of(frames, rejected), 2, (short) 1, 1 << 20);
  }

  @Test
  void list_counts_byKindWithSamples() throws Exception {
    for (int i = 0; i < 5; i++) {
      reject(RejectionKind.CORRUPT_IMAGE, publish("f" + i, IMAGE), IMAGE, "f" + i);
    }
    rejectRecord(publishRaw("no Avro\u001b[31m".getBytes(UTF_8)), "no Avro\u001b[31m");
    send(rejected, "this is no rejected frame".getBytes(UTF_8));
    Run run = run("list", "--samples", "2");
    assertThat(run.status()).isZero();
    assertThat(run.out())
        .contains("CORRUPT_IMAGE: 5", "UNREADABLE_EVENT: 1", "NOT_READABLE: 1", "7 rejected")
        .contains("frame 'f4' of camera 'cam', 8 bytes, from " + frames)
        .doesNotContain("frame 'f2'")
        .doesNotContain("\u001b");
    assertThat(run("list", "--frame", "f1,f2").out()).contains("2 rejected");
  }

  @Test
  void list_topicMissing_saysSo() {
    rejected = "missing";
    Run run = run("list");
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).contains("topic missing does not exist");
  }

  @Test
  void show_originals_areWrittenByteForByte() throws Exception {
    byte[] large = new byte[KEPT_BYTES + 1];
    reject(RejectionKind.CORRUPT_IMAGE, publish("f", IMAGE), IMAGE, "f");
    reject(RejectionKind.IMAGE_TOO_LARGE, publish("large", large), large, "large");
    rejectRecord(publishRaw("no Avro".getBytes(UTF_8)), "no Avro");
    Path out = folder.resolve("shown");
    Run run = run("show", "--out", out.toString());
    assertThat(run.status()).isZero();
    assertThat(run.out()).contains("3 shown", "(only the first 65536 bytes are kept)");
    try (Stream<Path> files = Files.list(out)) {
      List<byte[]> contents = new ArrayList<>();
      for (Path file : files.filter(f -> f.toString().endsWith(".image")).toList()) {
        contents.add(Files.readAllBytes(file));
      }
      assertThat(contents).contains(IMAGE, new byte[64 << 10]);
    }
  }

  @Test
  void replay_frameThatIsStillThere_sendsTheSameRecordAndCounts() throws Exception {
    RecordMetadata first = publish("f", IMAGE);
    reject(RejectionKind.CORRUPT_IMAGE, first, IMAGE, "f");
    reject(RejectionKind.CORRUPT_IMAGE, publish("other", IMAGE), IMAGE, "other");
    Run run = run("replay", "--frame", "f", "--frames-topic", frames);
    assertThat(run.out()).contains("sent, replay 1", "1 replayed, 0 refused");
    ConsumerRecord<byte[], byte[]> sent = read(frames).get(2);
    assertThat(header(sent, FrameReplay.REPLAYS)).isEqualTo("1");
    assertThat(header(sent, FrameReplay.REPLAY_OF)).startsWith(rejected + "-").contains("@");
    assertThat(sent.key()).isEqualTo("cam".getBytes(UTF_8));
    assertThat(sent.value()).isEqualTo(read(frames).get(0).value());
  }

  @Test
  void replay_since_sendsOnlyRecordsOfThatTimeOrLater() throws Exception {
    for (int i = 0; i < 3; i++) {
      reject(RejectionKind.CORRUPT_IMAGE, publish("f" + i, IMAGE), IMAGE, "f" + i);
    }
    assertThat(run("replay", "--all", "--frames-topic", frames).out())
        .contains("3 replayed, 0 refused");
    Instant since = Instant.now().plusMillis(1);
    Await.until("the clock passes", Duration.ofSeconds(5), () -> Instant.now().isAfter(since));
    reject(RejectionKind.CORRUPT_IMAGE, publish("f3", IMAGE), IMAGE, "f3");
    String[] command = {"replay", "--since", since.toString(), "--frames-topic", frames};
    assertThat(run(command).out()).contains("1 replayed, 0 refused");
    List<ConsumerRecord<byte[], byte[]>> sent = read(frames);
    assertThat(sent).hasSize(8);
    FrameEvent last = events.read(sent.get(7).value(), TestEvents.SOURCE, Instant.now());
    assertThat(((Frame) last).frameId()).isEqualTo("f3");
    assertThat(run("list", "--since", since.toString()).out()).contains("1 rejected");
  }

  @Test
  void replay_frameThatComesBackAgainAndAgain_isRefusedAtTheLimit() throws Exception {
    RecordMetadata source = publish("f", IMAGE);
    for (int replay = 1; replay <= 2; replay++) {
      SourcePosition position = reject(RejectionKind.CORRUPT_IMAGE, source, IMAGE, "f");
      String at = position.partition() + "@" + position.offset();
      assertThat(run("replay", "--at", at, "--frames-topic", frames, "--max-replays", "2").out())
          .contains("sent, replay " + replay);
      ConsumerRecord<byte[], byte[]> last = read(frames).get(replay);
      source =
          new RecordMetadata(
              new TopicPartition(frames, last.partition()), last.offset(), 0, 0, 0, 0);
    }
    SourcePosition position = reject(RejectionKind.CORRUPT_IMAGE, source, IMAGE, "f");
    Run run =
        run(
            "replay",
            "--at",
            position.partition() + "@" + position.offset(),
            "--frames-topic",
            frames,
            "--max-replays",
            "2");
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out()).contains("it has been replayed 2 times", "0 replayed, 1 refused");
    assertThat(read(frames)).hasSize(3);
  }

  @Test
  void replay_recordThatIsStillThere_keepsItsHeaders() throws Exception {
    byte[] registryId = {0, 0, 0, 0, 0, 0, 0, 7};
    Map<String, byte[]> headers =
        Map.of(
            "traceparent",
            "00-ab-cd-01".getBytes(UTF_8),
            "ce_type",
            "frame".getBytes(UTF_8),
            "apicurio.value.globalId",
            registryId);
    reject(RejectionKind.CORRUPT_IMAGE, publish("f", IMAGE, headers), IMAGE, "f");
    assertThat(run("replay", "--all", "--frames-topic", frames).out())
        .contains("sent, replay 1", "1 replayed, 0 refused");
    ConsumerRecord<byte[], byte[]> sent = read(frames).get(1);
    assertThat(sent.value()).isEqualTo(read(frames).get(0).value());
    assertThat(header(sent, "traceparent")).isEqualTo("00-ab-cd-01");
    assertThat(header(sent, "ce_type")).isEqualTo("frame");
    assertThat(sent.headers().lastHeader("apicurio.value.globalId").value()).isEqualTo(registryId);
  }

  @Test
  void replay_schemaOfARegistry_sendsTheSameRecord() throws Exception {
    byte[] plain = events.write(frame("f", Image.encoded(IMAGE)), OutputFormat.PLAIN);
    byte[] value = new byte[plain.length + 5];
    value[4] = 7;
    System.arraycopy(plain, 0, value, 5, plain.length);
    reject(RejectionKind.CORRUPT_IMAGE, publishRaw(value), IMAGE, "f");
    assertThat(run("replay", "--all", "--frames-topic", frames).out()).contains("1 replayed");
    assertThat(read(frames).get(1).value()).isEqualTo(value);
  }

  @Test
  void replay_bareImage_keepsCameraIdAndTime() throws Exception {
    RecordMetadata source =
        send(frames, "not the camera", JPEG, Map.of("camera-id", "cam".getBytes(UTF_8)));
    String id = position(source).toString();
    reject(RejectionKind.CORRUPT_IMAGE, source, JPEG, id);
    assertThat(run("replay", "--all", "--frames-topic", frames).out()).contains("1 replayed");
    ConsumerRecord<byte[], byte[]> sent = read(frames).get(1);
    assertThat(sent.value()).isEqualTo(JPEG);
    assertThat(header(sent, "camera-id")).isEqualTo("cam");
    assertThat(header(sent, "frame-id")).isEqualTo(id);
    assertThat(header(sent, "captured-at")).isEqualTo(TestEvents.CAPTURED.toString());
  }

  @Test
  void replay_frameGoneByRetention_isMadeOfTheRejectedRecord() throws Exception {
    byte[] large = new byte[KEPT_BYTES + 1];
    reject(RejectionKind.CORRUPT_IMAGE, publish("f", JPEG), JPEG, "f");
    reject(RejectionKind.IMAGE_TOO_LARGE, publish("large", large), large, "large");
    deleteAll();
    Run run = run("replay", "--all", "--frames-topic", frames);
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out())
        .contains("sent, replay 1, rebuilt from the rejected record")
        .contains("no longer holds the frame, and the rejected record holds only 65536 of its")
        .contains("1 replayed, 1 refused");
    assertThat(sentFrame().image()).isEqualTo(Image.encoded(JPEG));
  }

  @Test
  void replay_referenceGoneByRetention_isSentAsReferenceWithHeaders() throws Exception {
    Image reference = Image.reference("s3://bucket/gate 4.jpg");
    RecordMetadata source =
        publishRaw(events.write(frame("f", reference), OutputFormat.SINGLE_OBJECT));
    SourcePosition ignored =
        reject(
            RejectionKind.IMAGE_NOT_FOUND,
            source,
            reference,
            "f",
            Map.of(
                "traceparent",
                "00-ab-cd-01".getBytes(UTF_8),
                "framelabel-writer",
                "w".getBytes(UTF_8)));
    deleteAll();
    assertThat(run("replay", "--all", "--frames-topic", frames).out()).contains("1 replayed");
    assertThat(sentFrame().image()).isEqualTo(reference);
    ConsumerRecord<byte[], byte[]> sent = read(frames).get(0);
    assertThat(header(sent, "traceparent")).isEqualTo("00-ab-cd-01");
    assertThat(sent.headers().lastHeader("framelabel-writer")).isNull();
  }

  @Test
  void replay_whatCannotBeMadeAgain_isRefusedAndCounted() throws Exception {
    byte[] pixels = new byte[300];
    Image raw = new Image(Image.Format.RGB24, Bytes.wrap(pixels), 10, 10);
    RecordMetadata source = publishRaw(events.write(frame("raw", raw), OutputFormat.SINGLE_OBJECT));
    reject(RejectionKind.DEVICE_FAILED, source, pixels, "raw");
    rejectRecord(publishRaw("no Avro".getBytes(UTF_8)), "no Avro");
    reject(
        RejectedFrame.ofRecord(
            RejectionKind.INVALID_EVENT,
            "no camera",
            position(publishRaw(JPEG)),
            Bytes.wrap(JPEG),
            Map.of()),
        Map.of());
    deleteAll();
    Run run = run("replay", "--all", "--frames-topic", frames);
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out())
        .contains("the size of raw pixels is not kept")
        .contains("cannot be read without the headers that it had there")
        .contains("0 replayed, 3 refused");
    assertThat(read(frames)).isEmpty();
  }

  @Test
  void fromAndTo_chooseByPublication() throws Exception {
    List<Instant> times = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      SourcePosition at = reject(RejectionKind.CORRUPT_IMAGE, publish("f" + i, IMAGE), IMAGE, "f");
      times.add(published(at));
      Await.until(
          "the clock passes",
          Duration.ofSeconds(5),
          () -> Instant.now().isAfter(published(at).plusMillis(1)));
    }
    String second = times.get(1).toString();
    String third = times.get(2).toString();
    assertThat(run("list", "--from", second).out()).contains("2 rejected");
    assertThat(run("list", "--to", second).out()).contains("1 rejected");
    assertThat(run("list", "--from", second, "--to", third).out()).contains("1 rejected");
    assertThat(run("list", "--from", third, "--to", third).out()).contains("0 rejected");
    String[] replay = {"replay", "--from", second, "--to", third, "--frames-topic", frames};
    assertThat(run(replay).out()).contains("1 replayed, 0 refused");
    Path out = folder.resolve("by-time");
    assertThat(run("show", "--from", third, "--out", out.toString()).out()).contains("1 shown");
  }

  @Test
  void replay_nothingChosen_isWrongUse() {
    assertThat(run("replay").status()).isEqualTo(2);
  }

  private Run run(String... command) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "rejected",
                command[0],
                "--bootstrap-servers",
                broker.bootstrapServers(),
                "--rejected-topic",
                rejected));
    arguments.addAll(List.of(command).subList(1, command.length));
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PrintStream captured = new PrintStream(bytes, true, UTF_8)) {
      System.setOut(captured);
      System.setErr(captured);
      int status = FramelabelCommand.run(arguments.toArray(String[]::new));
      return new Run(status, bytes.toString(UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  private RecordMetadata publish(String frameId, byte[] image) throws Exception {
    return publish(frameId, image, Map.of());
  }

  private RecordMetadata publish(String frameId, byte[] image, Map<String, byte[]> headers)
      throws Exception {
    byte[] value = events.write(frame(frameId, Image.encoded(image)), OutputFormat.SINGLE_OBJECT);
    return send(frames, "cam", value, headers);
  }

  private static Frame frame(String frameId, Image image) {
    return new Frame("cam", frameId, TestEvents.CAPTURED, image, Map.of(), TestEvents.SOURCE);
  }

  private RecordMetadata publishRaw(byte[] value) throws Exception {
    return send(frames, value);
  }

  private static RecordMetadata send(String topic, byte[] value) throws Exception {
    return send(topic, "cam", value, Map.of());
  }

  private static RecordMetadata send(
      String topic, String key, byte[] value, Map<String, byte[]> headers) throws Exception {
    ProducerRecord<byte[], byte[]> entry = new ProducerRecord<>(topic, key.getBytes(UTF_8), value);
    headers.forEach(entry.headers()::add);
    return producer.send(entry).get();
  }

  /** What the job does with a frame that it cannot label. */
  private SourcePosition reject(
      RejectionKind kind, RecordMetadata source, byte[] image, String frameId) throws Exception {
    return reject(kind, source, Image.encoded(image), frameId, Map.of());
  }

  private SourcePosition reject(
      RejectionKind kind,
      RecordMetadata source,
      Image image,
      String frameId,
      Map<String, byte[]> headers)
      throws Exception {
    Frame frame = new Frame("cam", frameId, TestEvents.CAPTURED, image, Map.of(), position(source));
    return reject(frame.reject(kind, "a test"), headers);
  }

  private SourcePosition reject(RejectedFrame frame, Map<String, byte[]> headers) throws Exception {
    byte[] value = rejections.write(frame, OutputFormat.SINGLE_OBJECT);
    return position(send(rejected, "cam", value, headers));
  }

  private void rejectRecord(RecordMetadata source, String value) throws Exception {
    RejectedFrame frame =
        RejectedFrame.ofRecord(
            RejectionKind.UNREADABLE_EVENT,
            "a test of '" + value + "'",
            position(source),
            Bytes.wrap(value.getBytes(UTF_8)),
            Map.of());
    SourcePosition ignored = reject(frame, Map.of());
  }

  /** When the broker took a rejected record. */
  private Instant published(SourcePosition at) {
    return read(rejected).stream()
        .filter(entry -> entry.partition() == at.partition() && entry.offset() == at.offset())
        .map(entry -> Instant.ofEpochMilli(entry.timestamp()))
        .findFirst()
        .orElseThrow();
  }

  /** The only record of the frames topic, as the job reads it. */
  private Frame sentFrame() {
    List<ConsumerRecord<byte[], byte[]>> sent = read(frames);
    assertThat(sent).hasSize(1);
    return (Frame) events.read(sent.get(0).value(), TestEvents.SOURCE, Instant.now());
  }

  private static SourcePosition position(RecordMetadata metadata) {
    return new SourcePosition(metadata.topic(), metadata.partition(), metadata.offset());
  }

  /** All records of the topic; those of one camera in their order. */
  private static List<ConsumerRecord<byte[], byte[]>> read(String topic) {
    List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            new HashMap<>(broker.client()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          List.of(new TopicPartition(topic, 0), new TopicPartition(topic, 1));
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      while (consumer.endOffsets(partitions).entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        consumer.poll(Duration.ofMillis(100)).forEach(found::add);
      }
    }
    return found;
  }

  private static String header(ConsumerRecord<byte[], byte[]> entry, String name) {
    Header header = entry.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), UTF_8);
  }

  private void deleteAll() throws Exception {
    try (Admin admin = Admin.create(new HashMap<>(broker.client()))) {
      admin
          .deleteRecords(
              Map.of(
                  new TopicPartition(frames, 0), RecordsToDelete.beforeOffset(-1),
                  new TopicPartition(frames, 1), RecordsToDelete.beforeOffset(-1)))
          .all()
          .get();
    }
  }
}
