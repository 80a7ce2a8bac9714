package dev.framelabel.kafka.sink.commit;

import dev.framelabel.event.SourcePosition;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.flink.metrics.Counter;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Search for the results of one transaction in their topic. A record is one of them if its header
 * names the transaction's writer instance and its frame is one of the transaction's. All other
 * records are passed over: those of other writers without being decoded, and those that are no
 * results of this product or cannot be read are counted.
 *
 * <p>Records are found by a {@code read_uncommitted} consumer, so no open transaction is waited
 * for. Whether readers see them is told by a {@code read_committed} consumer, as far as the last
 * stable offset. Not thread-safe.
 */
final class ResultScan implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ResultScan.class);
  private static final Duration POLL = Duration.ofMillis(500);

  /** A scan that gets no further for so long fails. */
  private static final Duration STALL_LIMIT = Duration.ofMinutes(1);

  /** Clock difference of workers and brokers up to which no more of the topic is read. */
  private static final Duration CLOCK_MARGIN = Duration.ofMinutes(10);

  private final GuardSettings settings;
  private final GuardedCommittable transaction;
  private final Counter foreignRecords;
  private final ResultSource.Reader reader;
  private final KafkaConsumer<byte[], byte[]> uncommitted;
  private final KafkaConsumer<byte[], byte[]> committed;
  private final List<TopicPartition> partitions;
  private long foreign;

  /** Position of a record. */
  record At(TopicPartition partition, long offset) {
    static At of(ConsumerRecord<byte[], byte[]> entry) {
      return new At(new TopicPartition(entry.topic(), entry.partition()), entry.offset());
    }
  }

  /**
   * The records of a transaction's results.
   *
   * @param results as first written, by their frames
   * @param copies that repairs have written, whether these were committed or not
   */
  record Found(Map<SourcePosition, At> results, Set<At> copies) {}

  /**
   * Visibility of records to {@code read_committed} readers. Records that retention has removed are
   * in none of the sets.
   *
   * @param visible committed
   * @param hidden aborted
   * @param undecided at the last stable offset or behind it
   */
  record Visibility(Set<At> visible, Set<At> hidden, Set<At> undecided) {}

  ResultScan(GuardSettings settings, GuardedCommittable transaction, Counter foreignRecords) {
    this.settings = settings;
    this.transaction = transaction;
    this.foreignRecords = foreignRecords;
    this.reader = settings.results().open();
    this.uncommitted = consumer("read_uncommitted");
    this.committed = consumer("read_committed");
    try {
      this.partitions =
          uncommitted.partitionsFor(settings.topic()).stream()
              .map(info -> new TopicPartition(settings.topic(), info.partition()))
              .toList();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private KafkaConsumer<byte[], byte[]> consumer(String isolation) {
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
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation);
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    properties.remove("key.deserializer");
    properties.remove("value.deserializer");
    return new KafkaConsumer<>(
        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** Returns where the topic's partitions end now. */
  Map<TopicPartition, Long> ends() {
    return uncommitted.endOffsets(partitions);
  }

  /**
   * Reads from the time when the transaction began to where the topic ends now. Reads what is
   * before that too if results are missing: the clock of the worker or of the broker may have been
   * wrong.
   *
   * @throws IOException if the broker does not answer
   */
  Found find() throws IOException {
    Found found = new Found(new HashMap<>(), new HashSet<>());
    foreign = 0;
    Map<TopicPartition, Long> starts = starts();
    read(uncommitted, starts, ends(), entry -> add(entry, found));
    if (found.results().size() < transaction.frames().count()) {
      read(
          uncommitted,
          uncommitted.beginningOffsets(partitions),
          starts,
          entry -> add(entry, found));
    }
    foreignRecords.inc(foreign);
    LOG.info(
        "Searched topic {} for results: transaction={} found={} expected={} foreignRecords={}",
        settings.topic(),
        transaction.transactionalId(),
        found.results().size(),
        transaction.frames().count(),
        foreign);
    return found;
  }

  private Map<TopicPartition, Long> starts() {
    long since = Math.max(0, transaction.begunMillis() - CLOCK_MARGIN.toMillis());
    Map<TopicPartition, Long> times = new HashMap<>();
    partitions.forEach(partition -> times.put(partition, since));
    Map<TopicPartition, OffsetAndTimestamp> found = uncommitted.offsetsForTimes(times);
    Map<TopicPartition, Long> starts = new HashMap<>(ends());
    starts.replaceAll(
        (partition, end) ->
            Optional.ofNullable(found.get(partition)).map(OffsetAndTimestamp::offset).orElse(end));
    return starts;
  }

  private void add(ConsumerRecord<byte[], byte[]> entry, Found found) {
    Optional<String> writer = ResultHeaders.writer(entry.headers());
    if (writer.isEmpty()) {
      foreign++;
    } else if (writer.get().equals(transaction.writer())) {
      Optional<SourcePosition> frame = reader.frame(entry.value());
      if (frame.isEmpty()) {
        foreign++;
      } else if (transaction.frames().contains(frame.get())) {
        if (ResultHeaders.isCopy(entry.headers())) {
          boolean ignored = found.copies().add(At.of(entry));
        } else {
          At ignored = found.results().putIfAbsent(frame.get(), At.of(entry));
        }
      }
    }
  }

  /**
   * Returns what readers see of records now.
   *
   * @throws IOException if the broker does not answer
   */
  Visibility visibility(Collection<At> records) throws IOException {
    Map<TopicPartition, Long> starts = starts(records);
    Map<TopicPartition, Long> stable = committed.endOffsets(starts.keySet());
    Map<TopicPartition, Long> ends = ends(records);
    ends.replaceAll((partition, end) -> Math.min(end, stable.get(partition)));
    Set<At> visible = new HashSet<>();
    Set<At> wanted = new HashSet<>(records);
    read(
        committed,
        starts,
        ends,
        entry -> {
          if (wanted.contains(At.of(entry))) {
            boolean ignored = visible.add(At.of(entry));
          }
        });
    Map<TopicPartition, Long> beginnings = committed.beginningOffsets(starts.keySet());
    Map<Boolean, Set<At>> others =
        wanted.stream()
            .filter(record -> record.offset() >= beginnings.get(record.partition()))
            .filter(record -> !visible.contains(record))
            .collect(
                Collectors.partitioningBy(
                    record -> record.offset() >= stable.get(record.partition()),
                    Collectors.toSet()));
    return new Visibility(visible, others.get(false), others.get(true));
  }

  /**
   * Hands on the records at the given places, in the order of each partition.
   *
   * @throws IOException if the broker does not answer
   */
  void read(Collection<At> records, Consumer<ConsumerRecord<byte[], byte[]>> receiver)
      throws IOException {
    Set<At> wanted = new HashSet<>(records);
    read(
        uncommitted,
        starts(records),
        ends(records),
        entry -> {
          if (wanted.contains(At.of(entry))) {
            receiver.accept(entry);
          }
        });
  }

  private static Map<TopicPartition, Long> starts(Collection<At> records) {
    Map<TopicPartition, Long> starts = new HashMap<>();
    records.forEach(record -> starts.merge(record.partition(), record.offset(), Math::min));
    return starts;
  }

  private static Map<TopicPartition, Long> ends(Collection<At> records) {
    Map<TopicPartition, Long> ends = new HashMap<>();
    records.forEach(record -> ends.merge(record.partition(), record.offset() + 1, Math::max));
    return ends;
  }

  /** Reads each partition from its start to before its end. */
  private void read(
      KafkaConsumer<byte[], byte[]> consumer,
      Map<TopicPartition, Long> starts,
      Map<TopicPartition, Long> ends,
      Consumer<ConsumerRecord<byte[], byte[]>> receiver)
      throws IOException {
    Set<TopicPartition> left = new HashSet<>(starts.keySet());
    left.removeIf(partition -> starts.get(partition) >= ends.get(partition));
    consumer.assign(left);
    left.forEach(partition -> consumer.seek(partition, starts.get(partition)));
    long lastProgress = System.nanoTime();
    while (!left.isEmpty()) {
      Map<TopicPartition, Long> before = positions(consumer, left);
      for (ConsumerRecord<byte[], byte[]> entry : consumer.poll(POLL)) {
        if (entry.offset() < ends.get(new TopicPartition(entry.topic(), entry.partition()))) {
          receiver.accept(entry);
        }
      }
      Map<TopicPartition, Long> after = positions(consumer, left);
      if (!after.equals(before)) {
        lastProgress = System.nanoTime();
      } else if (System.nanoTime() - lastProgress > STALL_LIMIT.toNanos()) {
        throw new IOException(
            "no records came for %s s from the partitions and offsets %s"
                .formatted(STALL_LIMIT.toSeconds(), after));
      }
      left.removeIf(partition -> after.get(partition) >= ends.get(partition));
      consumer.assign(left);
    }
  }

  private static Map<TopicPartition, Long> positions(
      KafkaConsumer<byte[], byte[]> consumer, Set<TopicPartition> partitions) {
    Map<TopicPartition, Long> positions = new HashMap<>();
    partitions.forEach(partition -> positions.put(partition, consumer.position(partition)));
    return positions;
  }

  @Override
  public void close() {
    uncommitted.close();
    committed.close();
  }
}
