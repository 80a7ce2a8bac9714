package dev.framelabel.kafka;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the newest records of some topics on a thread of its own, in bounded memory. Topics and
 * partitions that appear later are found; brokers that go away are waited for; what is too much to
 * read is passed over.
 */
final class TailReader implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TailReader.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration DISCOVERY = Duration.ofSeconds(3);
  private static final Duration LATE = Duration.ofSeconds(5);
  private static final long MAX_LAG = 500;
  private static final int CALL_TIMEOUT_MILLIS = 5_000;

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<Tail> tails;
  private final Consumer<ConsumerRecord<byte[], byte[]>> receiver;
  private final LongConsumer skipped;
  private final Thread thread;
  private final Instant begun = Instant.now();
  private final Set<TopicPartition> assigned = new HashSet<>();
  private volatile boolean stopped;

  /**
   * @param back how far before its start the reader begins
   */
  record Tail(String topic, Duration back) {}

  TailReader(
      Map<String, String> client,
      IsolationLevel isolation,
      List<Tail> tails,
      Consumer<ConsumerRecord<byte[], byte[]>> receiver,
      LongConsumer skipped) {
    this.tails = tails;
    this.receiver = receiver;
    this.skipped = skipped;
    this.consumer =
        new KafkaConsumer<>(
            properties(client, isolation),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    this.thread =
        new Thread(this::run, "framelabel-live-" + isolation.toString().toLowerCase(Locale.ROOT));
    thread.setDaemon(true);
    thread.start();
  }

  private static Properties properties(Map<String, String> client, IsolationLevel isolation) {
    Properties properties = new Properties();
    properties.putAll(client);
    properties.put(
        ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation.toString().toLowerCase(Locale.ROOT));
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
    properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 200);
    properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 16 << 20);
    properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 4 << 20);
    properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, CALL_TIMEOUT_MILLIS);
    properties.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, CALL_TIMEOUT_MILLIS);
    properties.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
    return properties;
  }

  private void run() {
    Instant discovered = Instant.EPOCH;
    try (consumer) {
      while (!stopped) {
        try {
          if (Duration.between(discovered, Instant.now()).compareTo(DISCOVERY) > 0) {
            discover();
            discovered = Instant.now();
          }
          readOnce();
        } catch (WakeupException e) {
          // close() asks for the end.
        } catch (KafkaException e) {
          // Brokers come back; the watch tells people meanwhile.
          LOG.debug("a live reader goes on after", e);
          pause();
        }
      }
    }
  }

  private void readOnce() throws KafkaException {
    if (assigned.isEmpty()) {
      pause();
      return;
    }
    consumer.poll(POLL).forEach(this::receive);
  }

  private void receive(ConsumerRecord<byte[], byte[]> entry) {
    receiver.accept(entry);
    TopicPartition partition = new TopicPartition(entry.topic(), entry.partition());
    OptionalLong lag = consumer.currentLag(partition);
    boolean late =
        Duration.between(Instant.ofEpochMilli(entry.timestamp()), Instant.now()).compareTo(LATE)
            > 0;
    if (late && lag.orElse(0) > MAX_LAG && entry.timestamp() > begun.toEpochMilli()) {
      consumer.seekToEnd(Set.of(partition));
      skipped.accept(lag.getAsLong());
    }
  }

  private void discover() {
    Map<TopicPartition, Long> fresh = new HashMap<>();
    // One request for all topics; asking for one that is missing would wait for it.
    Map<String, List<PartitionInfo>> known = consumer.listTopics();
    for (Tail tail : tails) {
      for (PartitionInfo info : known.getOrDefault(tail.topic(), List.of())) {
        TopicPartition partition = new TopicPartition(info.topic(), info.partition());
        if (!assigned.contains(partition)) {
          fresh.put(partition, Math.max(0, begun.minus(tail.back()).toEpochMilli()));
        }
      }
    }
    if (!fresh.isEmpty()) {
      begin(fresh);
    }
  }

  private void begin(Map<TopicPartition, Long> fresh) {
    Map<TopicPartition, OffsetAndTimestamp> starts = consumer.offsetsForTimes(fresh);
    List<TopicPartition> all = new ArrayList<>(assigned);
    all.addAll(fresh.keySet());
    consumer.assign(all);
    for (TopicPartition partition : fresh.keySet()) {
      OffsetAndTimestamp start = starts.get(partition);
      if (start == null) {
        consumer.seekToEnd(Set.of(partition));
      } else {
        consumer.seek(partition, start.offset());
      }
    }
    assigned.addAll(fresh.keySet());
  }

  private void pause() {
    try {
      Thread.sleep(POLL.toMillis());
    } catch (InterruptedException e) {
      stopped = true;
    }
  }

  @Override
  public void close() throws InterruptedException {
    stopped = true;
    consumer.wakeup();
    thread.join(10_000);
  }
}
