package dev.framelabel.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.kafka.guard.GuardSettings;
import dev.framelabel.kafka.guard.GuardedSink;
import dev.framelabel.kafka.guard.ResultSource;
import dev.framelabel.kafka.registry.RegistrySettings;
import dev.framelabel.wire.Framing;
import dev.framelabel.wire.LabelledFrames;
import dev.framelabel.wire.RejectedFrames;
import dev.framelabel.wire.Subject;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Builds the sinks of labelled and of rejected frames, both with the same delivery guarantee. */
public final class OutcomeSinks {
  /** What a rejected record needs besides its original. */
  private static final int REJECTED_MARGIN_BYTES = 64 << 10;

  private OutcomeSinks() {}

  public static Sink<LabelledFrame> labels(KafkaOptions options) {
    String topic = options.get(KafkaOptions.LABELS_TOPIC);
    return guard(
        build(options, topic, new LabelledSerializer(options)),
        options,
        topic,
        ResultSource.LABELLED);
  }

  public static Sink<RejectedFrame> rejected(KafkaOptions options) {
    String topic = options.get(KafkaOptions.REJECTED_TOPIC);
    return guard(
        build(options, topic, new RejectedSerializer(options)),
        options,
        topic,
        ResultSource.REJECTED);
  }

  private static <T extends Outcome> Sink<T> guard(
      KafkaSink<T> sink, KafkaOptions options, String topic, ResultSource results) {
    Map<String, String> client = new HashMap<>();
    Properties properties = producerProperties(options);
    properties
        .stringPropertyNames()
        .forEach(name -> client.put(name, properties.getProperty(name)));
    return new GuardedSink<>(
        sink, new GuardSettings(client, topic, results, options.get(KafkaOptions.ON_LOST_COMMIT)));
  }

  private static Properties producerProperties(KafkaOptions options) {
    Properties properties = options.clientProperties();
    properties.setProperty(
        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, options.get(KafkaOptions.BOOTSTRAP_SERVERS));
    properties.setProperty(
        ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
        Long.toString(options.get(KafkaOptions.TRANSACTION_TIMEOUT).toMillis()));
    properties.setProperty(
        ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
        Long.toString(
            options.get(KafkaOptions.MAX_RECORD_SIZE).getBytes() + REJECTED_MARGIN_BYTES));
    return properties;
  }

  private static <T> KafkaSink<T> build(
      KafkaOptions options, String topic, KafkaRecordSerializationSchema<T> serializer) {
    Properties properties = producerProperties(options);
    return KafkaSink.<T>builder()
        .setBootstrapServers(options.get(KafkaOptions.BOOTSTRAP_SERVERS))
        .setKafkaProducerConfig(properties)
        .setDeliveryGuarantee(
            options.get(KafkaOptions.DELIVERY) == Delivery.EXACTLY_ONCE
                ? DeliveryGuarantee.EXACTLY_ONCE
                : DeliveryGuarantee.AT_LEAST_ONCE)
        // Ends with a delimiter: a prefix must not be the beginning of another sink's.
        .setTransactionalIdPrefix(options.get(KafkaOptions.TRANSACTION_PREFIX) + "." + topic + ".")
        .setTransactionNamingStrategy(TransactionNamingStrategy.INCREMENTING)
        .setRecordSerializer(serializer)
        .build();
  }

  /**
   * Key: the camera id. Headers: those carried from the frame. No timestamp: a camera's clock must
   * not decide whether the broker takes a record.
   */
  private abstract static class OutcomeSerializer<T extends Outcome>
      implements KafkaRecordSerializationSchema<T> {
    private static final long serialVersionUID = 1L;

    private final String topic;
    private final RegistrySettings registry;
    final Framing framing;

    OutcomeSerializer(String topic, KafkaOptions options) {
      this.topic = topic;
      this.framing = options.get(KafkaOptions.WIRE);
      this.registry = framing.registered() ? options.registry().orElse(null) : null;
    }

    final Optional<Subject> subject() {
      return Optional.ofNullable(registry).map(at -> Subject.ofTopic(at.open(), topic));
    }

    abstract byte[] value(T outcome);

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
        T outcome, KafkaSinkContext context, Long timestamp) {
      ProducerRecord<byte[], byte[]> result =
          new ProducerRecord<>(topic, outcome.cameraId().getBytes(UTF_8), value(outcome));
      outcome.headers().forEach((name, text) -> result.headers().add(name, text.getBytes(UTF_8)));
      return result;
    }
  }

  private static final class LabelledSerializer extends OutcomeSerializer<LabelledFrame> {
    private static final long serialVersionUID = 1L;
    private transient LabelledFrames frames;

    LabelledSerializer(KafkaOptions options) {
      super(options.get(KafkaOptions.LABELS_TOPIC), options);
    }

    @Override
    public void open(
        SerializationSchema.InitializationContext context, KafkaSinkContext sinkContext) {
      frames = new LabelledFrames(subject());
    }

    @Override
    byte[] value(LabelledFrame outcome) {
      return frames.write(outcome, framing);
    }
  }

  private static final class RejectedSerializer extends OutcomeSerializer<RejectedFrame> {
    private static final long serialVersionUID = 1L;
    private final int maxOriginalBytes;
    private transient RejectedFrames frames;

    RejectedSerializer(KafkaOptions options) {
      super(options.get(KafkaOptions.REJECTED_TOPIC), options);
      this.maxOriginalBytes =
          (int)
              Math.max(
                  0, options.get(KafkaOptions.MAX_RECORD_SIZE).getBytes() - REJECTED_MARGIN_BYTES);
    }

    @Override
    public void open(
        SerializationSchema.InitializationContext context, KafkaSinkContext sinkContext) {
      frames = new RejectedFrames(maxOriginalBytes, subject());
    }

    @Override
    byte[] value(RejectedFrame outcome) {
      return frames.write(outcome, framing);
    }
  }
}
