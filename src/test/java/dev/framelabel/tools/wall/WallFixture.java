package dev.framelabel.tools.wall;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.framelabel.event.CameraStatus;
import dev.framelabel.event.Frame;
import dev.framelabel.event.Image;
import dev.framelabel.event.Label;
import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.ModelIdentity;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.RejectionKind;
import dev.framelabel.event.SourcePosition;
import dev.framelabel.event.Timings;
import dev.framelabel.kafka.admin.Topics;
import dev.framelabel.tools.demo.DemoFrames;
import dev.framelabel.tools.demo.EmbeddedBroker;
import dev.framelabel.wire.CameraStatuses;
import dev.framelabel.wire.ImageEvents;
import dev.framelabel.wire.LabelledFrames;
import dev.framelabel.wire.OutputFormat;
import dev.framelabel.wire.RejectedFrames;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A broker, and records on it such as publishers and the job write. */
final class WallFixture implements AutoCloseable {
  static final ModelIdentity MODEL = new ModelIdentity("test model", "1", "0".repeat(64));
  static final int LATENCY_MILLIS = 42;
  static final int BATCH = 8;
  private static final int PICTURES = 8;

  private final EmbeddedBroker broker;
  private final KafkaProducer<byte[], byte[]> producer;
  private final DemoFrames pictures = new DemoFrames();
  private final ImageEvents frames = new ImageEvents();
  private final LabelledFrames labels = new LabelledFrames();
  private final RejectedFrames rejected = new RejectedFrames(1 << 20);
  private final CameraStatuses statuses = new CameraStatuses();
  private int sent;
  private boolean brokerIsAway;

  WallFixture(Path folder) {
    broker = EmbeddedBroker.start(folder);
    Topics.create(
        broker.client(), List.of("frames", "labels", "rejected", "cameras"), 2, (short) 1, 8 << 20);
    producer = producer(Map.of());
  }

  /** A job's writer, with its first transaction open. */
  KafkaProducer<byte[], byte[]> transaction(String id) {
    KafkaProducer<byte[], byte[]> writer = producer(Map.of("transactional.id", id));
    writer.initTransactions();
    writer.beginTransaction();
    return writer;
  }

  KafkaProducer<byte[], byte[]> producer(Map<String, String> more) {
    Properties properties = new Properties();
    properties.putAll(broker.client());
    properties.putAll(more);
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  Map<String, String> client() {
    return broker.client();
  }

  /** Sends a frame and its label, as a camera and the job would. */
  Frame label(String camera, String label, double score) throws Exception {
    return label(camera, label, score, Instant.now());
  }

  /** The same, for a frame of that time. */
  Frame label(String camera, String label, double score, Instant capturedAt) throws Exception {
    Frame frame = frame(camera, capturedAt);
    publish(frame);
    send(producer, labelRecord(frame, label, score));
    return frame;
  }

  /** Sends a frame, as a camera would. */
  Frame publish(String camera) throws Exception {
    Frame frame = frame(camera);
    publish(frame);
    return frame;
  }

  void publish(Frame frame) throws Exception {
    send(producer, frameRecord(frame));
  }

  /** Sends a result, as the job would that delivers at least once. */
  void send(ProducerRecord<byte[], byte[]> result) throws Exception {
    send(producer, result);
  }

  Frame frame(String camera) {
    return frame(camera, Instant.now());
  }

  Frame frame(String camera, Instant capturedAt) {
    return frame(camera, capturedAt, pictures.jpeg(sent % PICTURES));
  }

  Frame frame(String camera, Instant capturedAt, byte[] jpeg) {
    return new Frame(
        camera,
        camera + "-" + sent++,
        capturedAt.truncatedTo(ChronoUnit.MICROS),
        Image.encoded(jpeg),
        Map.of(),
        new SourcePosition("frames", 0, sent));
  }

  ProducerRecord<byte[], byte[]> frameRecord(Frame frame) {
    return record("frames", frame.cameraId(), frames.write(frame, OutputFormat.SINGLE_OBJECT));
  }

  ProducerRecord<byte[], byte[]> labelRecord(Frame frame, String label, double score) {
    LabelledFrame labelled =
        new LabelledFrame(
            frame.cameraId(),
            frame.frameId(),
            frame.capturedAt(),
            frame.capturedAt().plusMillis(LATENCY_MILLIS),
            List.of(
                new Label(label, 0, (float) score),
                new Label("something else", 1, (float) (1 - score))),
            MODEL,
            frame.source(),
            new Timings(1_500, 9_000, 20_000, BATCH),
            frame.attributes(),
            Map.of());
    return record("labels", frame.cameraId(), labels.write(labelled, OutputFormat.SINGLE_OBJECT));
  }

  void reject(String camera, String reason) throws Exception {
    Frame frame = frame(camera, Instant.now());
    send(producer, frameRecord(frame));
    RejectedFrame bad = frame.reject(RejectionKind.CORRUPT_IMAGE, reason);
    send(producer, record("rejected", camera, rejected.write(bad, OutputFormat.SINGLE_OBJECT)));
  }

  void status(String camera, CameraStatus.State state, String error) throws Exception {
    CameraStatus status =
        new CameraStatus(
            camera,
            state,
            Instant.now().truncatedTo(ChronoUnit.MICROS),
            Optional.empty(),
            0,
            0,
            0,
            0,
            0,
            OptionalLong.empty(),
            3,
            error,
            "rtsp://door");
    send(producer, record("cameras", camera, statuses.write(status)));
  }

  static void send(KafkaProducer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record)
      throws Exception {
    Future<?> sent = producer.send(record);
    sent.get();
  }

  static ProducerRecord<byte[], byte[]> record(String topic, String camera, byte[] value) {
    return new ProducerRecord<>(topic, camera.getBytes(UTF_8), value);
  }

  /** Takes the broker away. */
  void stopBroker() {
    broker.close();
    brokerIsAway = true;
  }

  /** Brings it back at the same address, with all that it had. */
  void startBroker() {
    broker.startAgain();
    brokerIsAway = false;
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(1));
    if (!brokerIsAway) {
      broker.close();
    }
  }
}
