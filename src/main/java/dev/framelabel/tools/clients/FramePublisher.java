package dev.framelabel.tools.clients;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.framelabel.event.Frame;
import dev.framelabel.wire.ImageEvents;
import dev.framelabel.wire.InputFormat;
import dev.framelabel.wire.OutputFormat;
import dev.framelabel.wire.Subject;
import dev.framelabel.wire.registry.RegistrySettings;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Publisher of frames as image events, each in its camera's partition. Thread-safe. */
public final class FramePublisher implements AutoCloseable {
  private final KafkaProducer<byte[], byte[]> producer;
  private final ThreadLocal<ImageEvents> events;
  private final OutputFormat framing;
  private final String topic;

  /**
   * Opens a producer of single-object Avro records, which {@link #close} closes.
   *
   * @param client properties of the Kafka client, {@code bootstrap.servers} among them
   * @param maxRecordBytes the largest record that the topic takes
   */
  public FramePublisher(Map<String, String> client, String topic, int maxRecordBytes) {
    this(client, topic, maxRecordBytes, OutputFormat.SINGLE_OBJECT, Optional.empty());
  }

  /**
   * Opens a producer of records in this format, which {@link #close} closes.
   *
   * @param registry where the schema is registered, for the framings that need it
   */
  public FramePublisher(
      Map<String, String> client,
      String topic,
      int maxRecordBytes,
      OutputFormat framing,
      Optional<RegistrySettings> registry) {
    this.framing = framing;
    this.events =
        ThreadLocal.withInitial(
            () ->
                new ImageEvents(
                    InputFormat.AUTO, registry.map(at -> Subject.ofTopic(at.open(), topic))));
    Properties properties = new Properties();
    properties.putAll(client);
    properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, maxRecordBytes);
    properties.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, 5);
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    // With more, a first batch that a new topic's leader turns away is overtaken by the second, and
    // then never taken.
    properties.putIfAbsent(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
    this.topic = topic;
    this.producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /**
   * Sends a frame; blocks while the client's buffer is full. The result fails if the broker does
   * not take it.
   */
  public CompletableFuture<Void> publish(Frame frame) {
    return publish(frame.cameraId(), events.get().write(frame, framing), frame.headers());
  }

  /** Sends any bytes as the value of a camera's record. */
  public CompletableFuture<Void> publish(String cameraId, byte[] value) {
    return publish(cameraId, value, Map.of());
  }

  /** Sends any bytes as the value of a camera's record, with headers. */
  public CompletableFuture<Void> publish(
      String cameraId, byte[] value, Map<String, String> headers) {
    ProducerRecord<byte[], byte[]> entry =
        new ProducerRecord<>(topic, cameraId.getBytes(UTF_8), value);
    headers.forEach((name, text) -> entry.headers().add(name, text.getBytes(UTF_8)));
    CompletableFuture<Void> sent = new CompletableFuture<>();
    try {
      Future<RecordMetadata> ignored =
          producer.send(
              entry,
              (metadata, failure) -> {
                if (failure == null) {
                  sent.complete(null);
                } else {
                  sent.completeExceptionally(failure);
                }
              });
    } catch (KafkaException e) {
      // send() itself throws once the broker has refused the producer an id.
      sent.completeExceptionally(e.getCause() == null ? e : e.getCause());
    }
    return sent;
  }

  /** Sends what waits, for this time at most; what is left over then fails. */
  public void close(Duration patience) {
    producer.close(patience);
  }

  /** Sends what waits, then closes. */
  @Override
  public void close() {
    producer.close();
  }
}
