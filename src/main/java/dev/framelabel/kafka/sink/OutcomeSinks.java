package dev.framelabel.kafka.sink;

import dev.framelabel.config.Delivery;
import dev.framelabel.config.KafkaOptions;
import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.kafka.sink.commit.GuardSettings;
import dev.framelabel.kafka.sink.commit.GuardedSink;
import dev.framelabel.kafka.sink.commit.RecoveryCommands;
import dev.framelabel.kafka.sink.commit.ResultSource;
import dev.framelabel.kafka.sink.commit.StampedRecords;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * Factory of the sinks of labelled and of rejected frames, both with the same delivery guarantee.
 */
public final class OutcomeSinks {
  /** Kafka's own default. */
  private static final long BUFFER_BYTES = 32 << 20;

  private OutcomeSinks() {}

  public static Sink<LabelledFrame> labels(KafkaOptions options) {
    return guarded(
        options,
        options.get(KafkaOptions.LABELS_TOPIC),
        OutcomeRecords.labelled(options, options.get(KafkaOptions.OUTPUT_FORMAT)),
        ResultSource.LABELLED);
  }

  public static Sink<RejectedFrame> rejected(KafkaOptions options) {
    return guarded(
        options,
        options.get(KafkaOptions.REJECTED_TOPIC),
        OutcomeRecords.rejected(options, options.get(KafkaOptions.OUTPUT_FORMAT)),
        ResultSource.REJECTED);
  }

  private static <T extends Outcome> Sink<T> guarded(
      KafkaOptions options,
      String topic,
      KafkaRecordSerializationSchema<T> records,
      ResultSource results) {
    StampedRecords<T> stamped = new StampedRecords<>(records);
    DeliveryGuarantee guarantee =
        options.get(KafkaOptions.DELIVERY) == Delivery.EXACTLY_ONCE
            ? DeliveryGuarantee.EXACTLY_ONCE
            : DeliveryGuarantee.AT_LEAST_ONCE;
    return new GuardedSink<>(
        build(options, topic, stamped, guarantee),
        build(options, topic, stamped, DeliveryGuarantee.EXACTLY_ONCE),
        settings(options, topic, results));
  }

  private static GuardSettings settings(KafkaOptions options, String topic, ResultSource results) {
    Map<String, String> client = new HashMap<>();
    Properties properties = producerProperties(options);
    properties
        .stringPropertyNames()
        .forEach(name -> client.put(name, properties.getProperty(name)));
    return new GuardSettings(
        client,
        topic,
        results,
        new RecoveryCommands(options.configuration().toMap()),
        options.get(KafkaOptions.ON_LOST_COMMIT));
  }

  private static Properties producerProperties(KafkaOptions options) {
    Properties properties = options.clientProperties();
    properties.setProperty(
        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, options.get(KafkaOptions.BOOTSTRAP_SERVERS));
    properties.setProperty(
        ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
        Long.toString(options.get(KafkaOptions.TRANSACTION_TIMEOUT).toMillis()));
    int largest = OutcomeRecords.maxBytes(options) + KafkaOptions.SMALLEST_RECORD_BYTES;
    properties.setProperty(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(largest));
    // A record that is larger than the whole buffer is refused too.
    long buffer =
        Long.parseLong(
            properties.getProperty(
                ProducerConfig.BUFFER_MEMORY_CONFIG, Long.toString(BUFFER_BYTES)));
    properties.setProperty(
        ProducerConfig.BUFFER_MEMORY_CONFIG, Long.toString(Math.max(buffer, largest)));
    return properties;
  }

  private static <T> KafkaSink<T> build(
      KafkaOptions options,
      String topic,
      KafkaRecordSerializationSchema<T> serializer,
      DeliveryGuarantee guarantee) {
    Properties properties = producerProperties(options);
    return KafkaSink.<T>builder()
        .setBootstrapServers(options.get(KafkaOptions.BOOTSTRAP_SERVERS))
        .setKafkaProducerConfig(properties)
        .setDeliveryGuarantee(guarantee)
        // Ends with a delimiter: a prefix must not be the beginning of another sink's.
        .setTransactionalIdPrefix(
            options.get(KafkaOptions.TRANSACTIONAL_ID_PREFIX) + "." + topic + ".")
        .setTransactionNamingStrategy(TransactionNamingStrategy.INCREMENTING)
        .setRecordSerializer(serializer)
        .build();
  }
}
