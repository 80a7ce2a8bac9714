package dev.framelabel.tools.deadletter;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.framelabel.event.Frame;
import dev.framelabel.event.FrameEvent;
import dev.framelabel.event.Image;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.SourcePosition;
import dev.framelabel.wire.ImageEvents;
import dev.framelabel.wire.OutputFormat;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends rejected frames to the job again, as new records of the topic of frames. The record that
 * was rejected is sent as it was where its topic still holds it, else it is made of what the
 * rejected record holds. Not thread-safe.
 */
public final class FrameReplay implements AutoCloseable {
  /** Header of a replayed record: how often the frame has been replayed, as decimal text. */
  public static final String REPLAYS = "framelabel-replays";

  /** Header of a replayed record: where its rejected record stands, topic-partition@offset. */
  public static final String REPLAY_OF = "framelabel-replay-of";

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final String framesTopic;
  private final String rejectedTopic;
  private final int maxReplays;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final KafkaProducer<byte[], byte[]> producer;
  private final ImageEvents events = new ImageEvents();

  /**
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
    this.consumer = RejectedRecords.consumer(client);
    this.producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /**
   * What became of a record.
   *
   * @param replays how often its frame has been replayed, this time included
   * @param refusal why it was not sent; empty where it was
   */
  public record Result(int replays, String refusal) {
    public boolean sent() {
      return refusal.isEmpty();
    }
  }

  /**
   * Sends one record, and waits until the broker has it. Sends it again when it is called again:
   * the new record has the same frame id, and its headers name the rejected record.
   *
   * @throws IllegalStateException if the broker does not take it
   */
  public Result replay(RejectedRecord rejected) {
    if (rejected.content().isEmpty()) {
      return new Result(0, "this version cannot read the rejected record");
    }
    RejectedRecord.Content content = rejected.content().get();
    Optional<ConsumerRecord<byte[], byte[]>> source = source(content);
    int replays = source.map(FrameReplay::replays).orElse(0) + 1;
    if (replays > maxReplays) {
      return new Result(
          replays - 1,
          "it has been replayed "
              + (replays - 1)
              + " times and rejected again (--max-replays "
              + maxReplays
              + ")");
    }
    if (source.isEmpty() && !content.whole()) {
      return new Result(
          0,
          "topic "
              + framesTopic
              + " no longer holds the frame, and the rejected record holds only "
              + content.frame().original().length()
              + " of its "
              + content.originalBytes()
              + " bytes");
    }
    byte[] key = content.frame().cameraId().getBytes(UTF_8);
    ProducerRecord<byte[], byte[]> sent =
        new ProducerRecord<>(
            framesTopic,
            source.map(ConsumerRecord::key).orElse(key.length == 0 ? null : key),
            source.map(ConsumerRecord::value).orElseGet(value(content.frame())));
    sent.headers().add(REPLAYS, Integer.toString(replays).getBytes(US_ASCII));
    sent.headers().add(REPLAY_OF, (rejectedTopic + "-" + rejected.position()).getBytes(UTF_8));
    send(sent);
    return new Result(replays, "");
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

  /** The record that was rejected, where its topic still holds it. */
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

  /** A topic that was deleted and made again has other records at the same offsets. */
  private boolean isOf(ConsumerRecord<byte[], byte[]> entry, RejectedRecord.Content content) {
    RejectedFrame rejected = content.frame();
    byte[] original = rejected.original().array();
    if (rejected.content() == RejectedFrame.Content.EVENT) {
      byte[] value = entry.value() == null ? new byte[0] : entry.value();
      return value.length == content.originalBytes()
          && Arrays.equals(original, Arrays.copyOf(value, original.length));
    }
    FrameEvent event = events.read(entry.value(), rejected.source(), Instant.now());
    return event instanceof Frame frame
        && frame.frameId().equals(rejected.frameId())
        && frame.cameraId().equals(rejected.cameraId());
  }

  private static int replays(ConsumerRecord<byte[], byte[]> entry) {
    Header header = entry.headers().lastHeader(REPLAYS);
    try {
      return header == null ? 0 : Integer.parseInt(new String(header.value(), US_ASCII));
    } catch (NumberFormatException e) {
      // Not ours; as if never replayed.
      return 0;
    }
  }

  private Supplier<byte[]> value(RejectedFrame rejected) {
    if (rejected.content() == RejectedFrame.Content.EVENT) {
      return () -> rejected.original().array();
    }
    return () ->
        events.write(
            new Frame(
                rejected.cameraId(),
                rejected.frameId(),
                rejected.capturedAt().orElse(Instant.EPOCH),
                Image.encoded(rejected.original().array()),
                rejected.attributes(),
                rejected.source()),
            OutputFormat.SINGLE_OBJECT);
  }

  @Override
  public void close() {
    consumer.close();
    producer.close();
  }
}
