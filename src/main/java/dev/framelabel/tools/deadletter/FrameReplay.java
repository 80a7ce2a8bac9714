package dev.framelabel.tools.deadletter;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.framelabel.event.Bytes;
import dev.framelabel.event.Frame;
import dev.framelabel.event.Image;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.SourcePosition;
import dev.framelabel.tools.clients.OutcomeReader;
import dev.framelabel.wire.BareImages;
import dev.framelabel.wire.ImageEvents;
import dev.framelabel.wire.OutputFormat;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Replay of rejected frames (dead letters) to the job, as new records of the frames topic. The
 * record that was rejected is sent as it was, with its headers, if its topic still holds it. Else
 * it is made of what the rejected record holds; what cannot be made of that is refused. Not
 * thread-safe.
 */
public final class FrameReplay implements AutoCloseable {
  /** Header of a replayed record: how often the frame has been replayed, as decimal text. */
  public static final String REPLAYS = "framelabel-replays";

  /** Header of a replayed record: where its rejected record stands, topic-partition@offset. */
  public static final String REPLAY_OF = "framelabel-replay-of";

  /** Begins the names of the headers that this product writes. */
  private static final String OWN_HEADERS = "framelabel-";

  /** Beginnings of JPEG, PNG and WebP files, a character for each byte. */
  private static final Pattern PICTURE_FILE =
      Pattern.compile("\u00FF\u00D8\u00FF|\u0089PNG\r\n\u001A\n|(?s)RIFF....WEBP");

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final String framesTopic;
  private final String rejectedTopic;
  private final int maxReplays;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final KafkaProducer<byte[], byte[]> producer;
  private final ImageEvents events = new ImageEvents();

  /**
   * Opens a consumer and a producer, which {@link #close} closes; sends no record.
   *
   * @param client properties of the Kafka client, {@code bootstrap.servers} among them
   * @param maxReplays a frame that has been replayed so often is refused
   * @param maxRecordBytes the largest record that the topic of frames takes
   */
  public FrameReplay(
      Map<String, String> client,
      String framesTopic,
      String rejectedTopic,
      int maxReplays,
      int maxRecordBytes) {
    this.framesTopic = framesTopic;
    this.rejectedTopic = rejectedTopic;
    this.maxReplays = maxReplays;
    Properties properties = new Properties();
    properties.putAll(client);
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
    properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, maxRecordBytes);
    this.consumer = OutcomeReader.consumer(client, IsolationLevel.READ_COMMITTED);
    this.producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /**
   * Result of a record's replay.
   *
   * @param sent whether the frames topic holds the frame again
   * @param story how often the frame was replayed and from what, or why it was not
   */
  public record Result(boolean sent, String story) {
    private static Result refused(String reason) {
      return new Result(false, "not sent: " + reason);
    }
  }

  /**
   * Sends one record and blocks until the broker has it. A second call sends it again: the new
   * record has the same frame id, and its headers name the rejected record.
   *
   * @throws IllegalStateException if the broker does not take it
   */
  public Result replay(RejectedRecord rejected) {
    if (rejected.content().isEmpty()) {
      return Result.refused("this version cannot read the rejected record");
    }
    RejectedRecord.Content content = rejected.content().get();
    Optional<ConsumerRecord<byte[], byte[]>> source = source(content);
    int replays = source.map(FrameReplay::replays).orElse(0) + 1;
    if (replays > maxReplays) {
      return Result.refused(
          "it has been replayed %d times and rejected again (--max-replays %d)"
              .formatted(replays - 1, maxReplays));
    }
    if (source.isPresent()) {
      send(stamped(copy(source.get(), content), replays, rejected));
      return new Result(true, "sent, replay " + replays);
    }
    Optional<String> missing = missing(content);
    if (missing.isPresent()) {
      return Result.refused(
          "topic %s no longer holds the frame, and %s".formatted(framesTopic, missing.get()));
    }
    send(stamped(rebuilt(content.frame(), rejected.headers()), replays, rejected));
    return new Result(true, "sent, replay " + replays + ", rebuilt from the rejected record");
  }

  private ProducerRecord<byte[], byte[]> stamped(
      ProducerRecord<byte[], byte[]> frame, int replays, RejectedRecord rejected) {
    put(frame.headers(), REPLAYS, Integer.toString(replays));
    put(frame.headers(), REPLAY_OF, rejectedTopic + "-" + rejected.position());
    return frame;
  }

  private static void put(Headers headers, String name, String value) {
    headers.remove(name).add(name, value.getBytes(UTF_8));
  }

  /** Returns the record as it was: key, value and headers. */
  private ProducerRecord<byte[], byte[]> copy(
      ConsumerRecord<byte[], byte[]> source, RejectedRecord.Content content) {
    ProducerRecord<byte[], byte[]> copy =
        new ProducerRecord<>(framesTopic, null, source.key(), source.value(), source.headers());
    RejectedFrame rejected = content.frame();
    if (rejected.content() == RejectedFrame.Content.IMAGE
        && source.value().length == content.originalBytes()) {
      // A bare image without these headers takes them from its position and time, which change.
      put(copy.headers(), BareImages.FRAME_ID, rejected.frameId());
      rejected
          .capturedAt()
          .ifPresent(time -> put(copy.headers(), BareImages.CAPTURED_AT, time.toString()));
    }
    return copy;
  }

  /** Returns what a rejected record lacks to make the frame again; empty where it lacks nothing. */
  private Optional<String> missing(RejectedRecord.Content content) {
    RejectedFrame frame = content.frame();
    if (!content.whole()) {
      return Optional.of(
          "the rejected record holds only %d of its %d bytes"
              .formatted(frame.original().length(), content.originalBytes()));
    }
    if (frame.content() == RejectedFrame.Content.EVENT) {
      return events.standsAlone(frame.original())
          ? Optional.empty()
          : Optional.of("its value cannot be read without the headers that it had there");
    }
    if (frame.cameraId().isEmpty() || frame.frameId().isEmpty() || frame.capturedAt().isEmpty()) {
      return Optional.of("the rejected record lacks its camera, id or time");
    }
    return frame.content() == RejectedFrame.Content.IMAGE && !isPictureFile(frame.original())
        ? Optional.of(
            "the rejected record does not say how its bytes are to be read: they are no JPEG, PNG"
                + " or WebP file, and the size of raw pixels is not kept")
        : Optional.empty();
  }

  private static boolean isPictureFile(Bytes original) {
    String text = text(original.array());
    return PICTURE_FILE.matcher(text).lookingAt();
  }

  /**
   * Returns a new record with what the rejected record holds: the frame, and headers of its sender.
   */
  private ProducerRecord<byte[], byte[]> rebuilt(RejectedFrame rejected, Headers headers) {
    byte[] key = rejected.cameraId().getBytes(UTF_8);
    ProducerRecord<byte[], byte[]> frame =
        new ProducerRecord<>(framesTopic, key.length == 0 ? null : key, value(rejected));
    for (Header header : headers) {
      if (!header.key().startsWith(OWN_HEADERS)) {
        frame.headers().add(header);
      }
    }
    return frame;
  }

  private byte[] value(RejectedFrame rejected) {
    if (rejected.content() == RejectedFrame.Content.EVENT) {
      return rejected.original().array();
    }
    Image image =
        rejected.content() == RejectedFrame.Content.IMAGE_URI
            ? Image.reference(new String(rejected.original().array(), UTF_8))
            : Image.encoded(rejected.original());
    return events.write(
        new Frame(
            rejected.cameraId(),
            rejected.frameId(),
            rejected.capturedAt().orElseThrow(),
            image,
            rejected.attributes(),
            rejected.source()),
        OutputFormat.SINGLE_OBJECT);
  }

  private void send(ProducerRecord<byte[], byte[]> frame) {
    try {
      producer.send(frame).get();
    } catch (ExecutionException | KafkaException e) {
      // send() itself throws once the broker has refused the producer an id.
      String cause = e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
      throw new IllegalStateException(
          "topic " + framesTopic + " does not take the frame: " + cause, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a frame was replayed", e);
    }
  }

  /** Returns the record that was rejected, where its topic still holds it. */
  private Optional<ConsumerRecord<byte[], byte[]>> source(RejectedRecord.Content content) {
    SourcePosition position = content.frame().source();
    TopicPartition partition = new TopicPartition(position.topic(), position.partition());
    if (consumer.partitionsFor(position.topic()).stream()
        .noneMatch(info -> info.partition() == position.partition())) {
      return Optional.empty();
    }
    List<TopicPartition> one = List.of(partition);
    consumer.assign(one);
    if (position.offset() < consumer.beginningOffsets(one).get(partition)
        || position.offset() >= consumer.endOffsets(one).get(partition)) {
      return Optional.empty();
    }
    consumer.seek(partition, position.offset());
    return next(partition)
        .filter(entry -> entry.offset() == position.offset() && isOf(entry, content));
  }

  private Optional<ConsumerRecord<byte[], byte[]>> next(TopicPartition partition) {
    Instant deadline = Instant.now().plus(PATIENCE);
    while (Instant.now().isBefore(deadline)) {
      List<ConsumerRecord<byte[], byte[]>> found =
          consumer.poll(Duration.ofMillis(200)).records(partition);
      if (!found.isEmpty()) {
        return Optional.of(found.get(0));
      }
    }
    throw new IllegalStateException(
        partition + " gives no record within " + PATIENCE.toSeconds() + " s; is the broker up?");
  }

  /**
   * Returns whether a record is the frame that was rejected: a topic that was deleted and made
   * again has other records at the same offsets. Reads no schema, which may be at a registry only.
   */
  private static boolean isOf(
      ConsumerRecord<byte[], byte[]> entry, RejectedRecord.Content content) {
    RejectedFrame rejected = content.frame();
    String value = text(entry.value());
    String original = text(rejected.original().array());
    if (rejected.content() == RejectedFrame.Content.EVENT) {
      return value.length() == content.originalBytes() && value.startsWith(original);
    }
    String id = text(rejected.frameId().getBytes(UTF_8));
    return entry.value() != null
        && value.contains(original)
        && (value.contains(id)
            || rejected.frameId().equals(rejected.source().toString())
            || Stream.of(entry.headers().toArray())
                .anyMatch(header -> text(header.value()).equals(id)));
  }

  /** Returns bytes as a text of as many characters. */
  private static String text(byte[] bytes) {
    return bytes == null ? "" : new String(bytes, ISO_8859_1);
  }

  private static int replays(ConsumerRecord<byte[], byte[]> entry) {
    Header header = entry.headers().lastHeader(REPLAYS);
    try {
      return header == null ? 0 : Integer.parseInt(text(header.value()));
    } catch (NumberFormatException e) {
      // Not ours; as if never replayed.
      return 0;
    }
  }

  @Override
  public void close() {
    consumer.close();
    producer.close();
  }
}
