package dev.framelabel.tools.demo;

import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Counter of the frames on the broker: the ends of topic {@code frames}. Not thread-safe. */
final class PublishedFrames implements AutoCloseable {
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<TopicPartition> partitions;

  PublishedFrames(Map<String, String> client) {
    Properties properties = new Properties();
    properties.putAll(client);
    consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    partitions =
        consumer.partitionsFor("frames").stream()
            .map(info -> new TopicPartition("frames", info.partition()))
            .toList();
  }

  /** Returns the number of frames by partition. */
  Map<Integer, Long> byPartition() {
    Map<Integer, Long> ends = new TreeMap<>();
    consumer
        .endOffsets(partitions)
        .forEach((partition, end) -> ends.put(partition.partition(), end));
    return ends;
  }

  @Override
  public void close() {
    consumer.close();
  }
}
