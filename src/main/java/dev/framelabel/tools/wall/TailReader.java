package dev.framelabel.tools.wall;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reader of the newest records of some topics on a thread of its own, in bounded memory. Topics and
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
  private final Instant begun;
  private final Receiver receiver;
  private final Thread thread;

  /** All partitions that are read, and the offset before which everything has been taken. */
  private final Map<TopicPartition, Long> reached = new HashMap<>();

  private volatile boolean stopped;

  /**
   * A topic, and how much of its past is read.
   *
   * @param back how far before {@code begun} the reader begins
   */
  record Tail(String topic, Duration back) {}

  /** Receiver of what is read, on the reader's thread. */
  interface Receiver {
    void take(ConsumerRecord<byte[], byte[]> entry);

    /** Notes that all visible records from one offset to before another were given. */
    void passed(TopicPartition partition, long from, long to);

    /** Notes that records were passed over, because they came faster than they could be read. */
    void skipped(long records);
  }

  TailReader(
      Map<String, String> client,
      IsolationLevel isolation,
      List<Tail> tails,
      Instant begun,
      Receiver receiver) {
    this.tails = tails;
    this.begun = begun;
    this.receiver = receiver;
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
        } catch (RuntimeException e) {
          // Brokers come back; the watch tells people meanwhile. A view must not stop for anything.
          LOG.debug("a live reader goes on after", e);
          pause();
        }
      }
    }
  }

  private void readOnce() {
    if (reached.isEmpty()) {
      pause();
      return;
    }
    ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
    records.forEach(receiver::take);
    records.nextOffsets().forEach((partition, next) -> reach(partition, next.offset()));
    for (TopicPartition partition : records.partitions()) {
      List<ConsumerRecord<byte[], byte[]>> batch = records.records(partition);
      catchUp(partition, batch.get(batch.size() - 1).timestamp());
    }
  }

  private void reach(TopicPartition partition, long next) {
    long before = reached.put(partition, next);
    // A topic that was made anew begins again at 0.
    if (next > before) {
      receiver.passed(partition, before, next);
    }
  }

  private void catchUp(TopicPartition partition, long newestMillis) {
    long lag = consumer.currentLag(partition).orElse(0);
    boolean late =
        Duration.between(Instant.ofEpochMilli(newestMillis), Instant.now()).compareTo(LATE) > 0;
    if (late && lag > MAX_LAG && newestMillis > begun.toEpochMilli()) {
      long end = reached.get(partition) + lag;
      consumer.seek(partition, end);
      reached.put(partition, end);
      receiver.skipped(lag);
    }
  }

  private void discover() {
    Map<TopicPartition, Long> fresh = new HashMap<>();
    // One request for all topics; asking for one that is missing would wait for it.
    Map<String, List<PartitionInfo>> known = consumer.listTopics();
    for (Tail tail : tails) {
      for (PartitionInfo info : known.getOrDefault(tail.topic(), List.of())) {
        TopicPartition partition = new TopicPartition(info.topic(), info.partition());
        if (!reached.containsKey(partition)) {
          fresh.put(partition, Math.max(0, begun.minus(tail.back()).toEpochMilli()));
        }
      }
    }
    if (!fresh.isEmpty()) {
      begin(fresh);
    }
  }

  private void begin(Map<TopicPartition, Long> fresh) {
    // The ends first: what is committed between the two calls lies behind them, and is read.
    Map<TopicPartition, Long> ends = consumer.endOffsets(fresh.keySet());
    Map<TopicPartition, OffsetAndTimestamp> starts = consumer.offsetsForTimes(fresh);
    List<TopicPartition> all = new ArrayList<>(reached.keySet());
    all.addAll(fresh.keySet());
    consumer.assign(all);
    for (TopicPartition partition : fresh.keySet()) {
      OffsetAndTimestamp start = starts.get(partition);
      long offset = start == null ? ends.get(partition) : start.offset();
      consumer.seek(partition, offset);
      reached.put(partition, offset);
    }
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
