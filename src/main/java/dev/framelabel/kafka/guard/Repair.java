package dev.framelabel.kafka.guard;

import dev.framelabel.event.SourcePosition;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Publishes the results of an aborted transaction again. They are still in the topic, where only
 * readers of committed records pass over them: they are read there by their frames' positions, and
 * written in one new transaction, whose id is made from the lost one's. So a repair that is cut
 * short is done again from the beginning, and one that was done is not done twice.
 */
final class Repair {
  private static final Duration POLL = Duration.ofMillis(500);

  /** Clocks of workers and brokers may differ by so much. */
  private static final Duration CLOCK_MARGIN = Duration.ofMinutes(10);

  private final GuardSettings settings;

  Repair(GuardSettings settings) {
    this.settings = settings;
  }

  /**
   * Brings the results back, all of them or none.
   *
   * @return whether all are published and committed now; false: not all of them were found
   * @throws IOException if the broker does not answer: to be tried again
   */
  boolean run(GuardedCommittable lost) throws IOException, InterruptedException {
    String id = lost.transactionalId() + ".repair";
    if (TransactionFates.of(id, settings.properties()) == TransactionFates.Fate.COMMITTED) {
      return true;
    }
    try (KafkaConsumer<byte[], byte[]> consumer = consumer();
        KafkaProducer<byte[], byte[]> producer = producer(id)) {
      producer.initTransactions();
      producer.beginTransaction();
      if (copy(consumer, producer, lost) < lost.frames().count()) {
        producer.abortTransaction();
        return false;
      }
      producer.commitTransaction();
      return true;
    }
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    Properties properties = settings.properties();
    properties.keySet().removeIf(ProducerConfig.configNames()::contains);
    settings
        .client()
        .forEach(
            (key, value) -> {
              if (ConsumerConfig.configNames().contains(key)) {
                properties.put(key, value);
              }
            });
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    properties.remove("key.deserializer");
    properties.remove("value.deserializer");
    return new KafkaConsumer<>(
        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private KafkaProducer<byte[], byte[]> producer(String id) {
    Properties properties = settings.properties();
    properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, id);
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** Copies each lost frame's result once; returns how many. */
  private long copy(
      KafkaConsumer<byte[], byte[]> consumer,
      KafkaProducer<byte[], byte[]> producer,
      GuardedCommittable lost)
      throws IOException {
    Map<TopicPartition, Long> ends = seek(consumer, lost.begunMillis());
    Set<SourcePosition> found = new HashSet<>();
    while (ends.entrySet().stream()
        .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
      for (ConsumerRecord<byte[], byte[]> entry : consumer.poll(POLL)) {
        SourcePosition position = settings.results().of(entry.value());
        // An earlier attempt, aborted too, may have left the same frame: its result is as good.
        if (lost.frames().contains(position) && found.add(position)) {
          var ignored =
              producer.send(
                  new ProducerRecord<>(
                      entry.topic(), entry.partition(), entry.key(), entry.value()));
        }
      }
    }
    return found.size();
  }

  /** Goes back to before the transaction; returns where the partitions end now. */
  private Map<TopicPartition, Long> seek(KafkaConsumer<byte[], byte[]> consumer, long begunMillis) {
    List<TopicPartition> partitions =
        consumer.partitionsFor(settings.topic()).stream()
            .map(info -> new TopicPartition(settings.topic(), info.partition()))
            .toList();
    consumer.assign(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    Map<TopicPartition, Long> times = new HashMap<>();
    partitions.forEach(
        partition -> times.put(partition, Math.max(0, begunMillis - CLOCK_MARGIN.toMillis())));
    Map<TopicPartition, OffsetAndTimestamp> starts = consumer.offsetsForTimes(times);
    partitions.forEach(
        partition ->
            consumer.seek(
                partition,
                Optional.ofNullable(starts.get(partition))
                    .map(OffsetAndTimestamp::offset)
                    .orElse(ends.get(partition))));
    return ends;
  }
}
