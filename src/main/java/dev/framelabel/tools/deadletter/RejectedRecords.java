package dev.framelabel.tools.deadletter;

import dev.framelabel.tools.clients.OutcomeReader;
import dev.framelabel.wire.RejectedFrames;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/**
 * Reader of the rejected topic up to its end at the start of the reading, committed records only.
 * It belongs to no consumer group and commits nothing.
 */
public final class RejectedRecords {
  private static final Duration POLL = Duration.ofMillis(200);

  private RejectedRecords() {}

  /**
   * Hands each record to the receiver, on the calling thread; keeps none.
   *
   * @param client properties of the Kafka client, {@code bootstrap.servers} among them
   * @param from skips records that were published before it; empty: reads from the beginning
   * @throws IllegalArgumentException if the topic does not exist
   */
  public static void read(
      Map<String, String> client,
      String topic,
      Optional<Instant> from,
      Consumer<RejectedRecord> receiver) {
    try (KafkaConsumer<byte[], byte[]> consumer =
        OutcomeReader.consumer(client, IsolationLevel.READ_COMMITTED)) {
      List<TopicPartition> partitions = partitions(consumer, topic);
      consumer.assign(partitions);
      Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(partitions));
      seek(consumer, ends, from);
      RejectedFrames frames = new RejectedFrames(0);
      ends.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
      while (!ends.isEmpty()) {
        for (ConsumerRecord<byte[], byte[]> entry : consumer.poll(POLL)) {
          Long end = ends.get(new TopicPartition(entry.topic(), entry.partition()));
          if (end != null && entry.offset() < end) {
            receiver.accept(record(entry, frames));
          }
        }
        ends.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
      }
    }
  }

  /**
   * Moves to the first record of a time, or to the end where there is none. What comes before it
   * may be skipped unread: Kafka looks for the first record that is not older.
   */
  private static void seek(
      KafkaConsumer<byte[], byte[]> consumer,
      Map<TopicPartition, Long> ends,
      Optional<Instant> from) {
    consumer.seekToBeginning(ends.keySet());
    if (from.isPresent()) {
      Map<TopicPartition, Long> times = new HashMap<>(ends);
      times.replaceAll((partition, end) -> from.get().toEpochMilli());
      consumer
          .offsetsForTimes(times)
          .forEach(
              (partition, first) ->
                  consumer.seek(partition, first == null ? ends.get(partition) : first.offset()));
    }
  }

  private static List<TopicPartition> partitions(
      KafkaConsumer<byte[], byte[]> consumer, String topic) {
    List<PartitionInfo> found = consumer.partitionsFor(topic);
    if (found == null || found.isEmpty()) {
      throw new IllegalArgumentException(
          "topic " + topic + " does not exist, or this user may not see it (--rejected-topic)");
    }
    return found.stream().map(info -> new TopicPartition(topic, info.partition())).toList();
  }

  private static RejectedRecord record(
      ConsumerRecord<byte[], byte[]> entry, RejectedFrames frames) {
    Optional<RejectedRecord.Content> content;
    try {
      RejectedFrames.Stored stored = frames.readStored(entry.value());
      content = Optional.of(new RejectedRecord.Content(stored.frame(), stored.originalBytes()));
    } catch (IOException e) {
      content = Optional.empty();
    }
    return new RejectedRecord(
        entry.partition(),
        entry.offset(),
        Instant.ofEpochMilli(entry.timestamp()),
        entry.headers(),
        content);
  }
}
