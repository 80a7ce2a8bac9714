package dev.framelabel.kafka.sink;

import dev.framelabel.config.Delivery;
import dev.framelabel.config.KafkaOptions;
import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.kafka.sink.commit.GuardSettings;
import dev.framelabel.kafka.sink.commit.GuardedSink;
import dev.framelabel.kafka.sink.commit.ResultSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.kafka.clients.producer.ProducerConfig;

/** Builds the sinks of labelled and of rejected frames, both with the same delivery guarantee. */
public final class OutcomeSinks {
  private OutcomeSinks() {}

  public static Sink<LabelledFrame> labels(KafkaOptions options) {
    String topic = options.get(KafkaOptions.LABELS_TOPIC);
    return guard(
        build(options, topic, OutcomeRecords.labelled(options)),
        settings(options, topic, ResultSource.LABELLED));
  }

  public static Sink<RejectedFrame> rejected(KafkaOptions options) {
    String topic = options.get(KafkaOptions.REJECTED_TOPIC);
    return guard(
        build(options, topic, OutcomeRecords.rejected(options)),
        settings(options, topic, ResultSource.REJECTED));
  }

  private static <T extends Outcome> Sink<T> guard(KafkaSink<T> sink, GuardSettings settings) {
    return new GuardedSink<>(sink, settings);
  }

  private static GuardSettings settings(KafkaOptions options, String topic, ResultSource results) {
    Map<String, String> client = new HashMap<>();
    Properties properties = producerProperties(options);
    properties
        .stringPropertyNames()
        .forEach(name -> client.put(name, properties.getProperty(name)));
    return new GuardSettings(client, topic, results, options.get(KafkaOptions.ON_LOST_COMMIT));
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
            options.get(KafkaOptions.MAX_RECORD_SIZE).getBytes()
                + OutcomeRecords.REJECTED_MARGIN_BYTES));
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
        .setTransactionalIdPrefix(
            options.get(KafkaOptions.TRANSACTIONAL_ID_PREFIX) + "." + topic + ".")
        .setTransactionNamingStrategy(TransactionNamingStrategy.INCREMENTING)
        .setRecordSerializer(serializer)
        .build();
  }
}
