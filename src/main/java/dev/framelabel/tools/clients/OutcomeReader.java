package dev.framelabel.tools.clients;

import dev.framelabel.event.Outcome;
import dev.framelabel.wire.LabelledFrames;
import dev.framelabel.wire.RejectedFrames;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reader of labelled and rejected frames from the beginning of their topics. Not thread-safe. */
public final class OutcomeReader implements AutoCloseable {
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final String labelsTopic;
  private final LabelledFrames labelled = new LabelledFrames();
  private final RejectedFrames rejected = new RejectedFrames(Integer.MAX_VALUE);
  private final List<TopicPartition> partitions = new ArrayList<>();

  /**
   * Opens a consumer at the beginning of both topics. Blocks until the broker names their
   * partitions.
   *
   * @param client properties of the Kafka client, {@code bootstrap.servers} among them
   * @param isolation whether results of transactions that are open or aborted are seen
   */
  public OutcomeReader(
      Map<String, String> client,
      String labelsTopic,
      String rejectedTopic,
      IsolationLevel isolation) {
    this.labelsTopic = labelsTopic;
    this.consumer = consumer(client, isolation);
    for (String topic : List.of(labelsTopic, rejectedTopic)) {
      consumer
          .partitionsFor(topic)
          .forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
    }
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  /**
   * Returns a consumer without a group, which commits nothing; its caller assigns partitions and
   * closes it.
   *
   * @param client properties of the Kafka client, {@code bootstrap.servers} among them
   */
  public static KafkaConsumer<byte[], byte[]> consumer(
      Map<String, String> client, IsolationLevel isolation) {
    Properties properties = new Properties();
    properties.putAll(client);
    properties.put(
        ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation.toString().toLowerCase(Locale.ROOT));
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    return new KafkaConsumer<>(
        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /**
   * Reads what has come, and waits for it no longer than given.
   *
   * @throws IOException if a record cannot be read
   */
  public List<Outcome> poll(Duration timeout) throws IOException {
    List<Outcome> outcomes = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> entry : consumer.poll(timeout)) {
      outcomes.add(
          entry.topic().equals(labelsTopic)
              ? labelled.read(entry.value())
              : rejected.read(entry.value()));
    }
    return outcomes;
  }

  /** Returns whether everything has been read that this reader can see now. */
  public boolean atEnd() {
    return consumer.endOffsets(partitions).entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
  }

  @Override
  public void close() {
    consumer.close();
  }
}
