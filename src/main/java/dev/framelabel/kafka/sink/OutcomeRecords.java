package dev.framelabel.kafka.sink;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.framelabel.config.KafkaOptions;
import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.wire.LabelledFrames;
import dev.framelabel.wire.OutputFormat;
import dev.framelabel.wire.RejectedFrames;
import dev.framelabel.wire.Subject;
import dev.framelabel.wire.registry.RegistrySettings;
import java.util.Optional;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Serializers of outcomes to records of their topics. */
final class OutcomeRecords {
  /** Limit of this project's own readers: Avro's limit for bytes, see AvroSafety. */
  private static final int LARGEST_ORIGINAL_BYTES = 64 << 20;

  private OutcomeRecords() {}

  /** Returns the largest record that is written. */
  static int maxBytes(KafkaOptions options) {
    return (int)
        Math.min(
            options.get(KafkaOptions.MAX_RECORD_SIZE).getBytes(),
            LARGEST_ORIGINAL_BYTES + KafkaOptions.SMALLEST_RECORD_BYTES);
  }

  static OutcomeSerializer<LabelledFrame> labelled(KafkaOptions options, OutputFormat framing) {
    return new LabelledSerializer(options, framing);
  }

  static OutcomeSerializer<RejectedFrame> rejected(KafkaOptions options, OutputFormat framing) {
    return new RejectedSerializer(options, framing);
  }

  /**
   * Serializer of one kind of outcome. Key: the camera id. Headers: those carried from the frame.
   * No timestamp: a camera's clock must not decide whether the broker takes a record.
   */
  abstract static class OutcomeSerializer<T extends Outcome>
      implements KafkaRecordSerializationSchema<T> {
    private static final long serialVersionUID = 1L;

    private final String topic;
    private final RegistrySettings registry;
    final OutputFormat framing;

    private OutcomeSerializer(String topic, KafkaOptions options, OutputFormat framing) {
      this.topic = topic;
      this.framing = framing;
      this.registry = framing.registered() ? options.registry().orElse(null) : null;
    }

    final Optional<Subject> subject() {
      return Optional.ofNullable(registry).map(at -> Subject.ofTopic(at.open(), topic));
    }

    abstract void open();

    abstract byte[] value(T outcome);

    @Override
    public final void open(
        SerializationSchema.InitializationContext context, KafkaSinkContext sinkContext) {
      open();
    }

    @Override
    public final ProducerRecord<byte[], byte[]> serialize(
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

    LabelledSerializer(KafkaOptions options, OutputFormat framing) {
      super(options.get(KafkaOptions.LABELS_TOPIC), options, framing);
    }

    @Override
    void open() {
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

    RejectedSerializer(KafkaOptions options, OutputFormat framing) {
      super(options.get(KafkaOptions.REJECTED_TOPIC), options, framing);
      this.maxOriginalBytes = Math.max(0, maxBytes(options) - KafkaOptions.SMALLEST_RECORD_BYTES);
    }

    @Override
    void open() {
      frames = new RejectedFrames(maxOriginalBytes, subject());
    }

    @Override
    byte[] value(RejectedFrame outcome) {
      return frames.write(outcome, framing);
    }
  }
}
