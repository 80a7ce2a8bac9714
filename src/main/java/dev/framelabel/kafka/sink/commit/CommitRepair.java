package dev.framelabel.kafka.sink.commit;

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
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.admin.TransactionState;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes the results of an aborted transaction again. As a rule they are still in the topic,
 * where only readers of committed records pass over them: they are read there by their frames'
 * positions. They are written in one new transaction, whose id is made from the lost one's. So a
 * repair that is cut short is done again from the beginning. What readers can see already is never
 * written again.
 *
 * <p>Attempts may overlap: a process that stood still goes on later. Each takes the id first, then
 * looks, then writes with the producer that took it. Whoever takes it afterwards fences this one
 * off; and whoever took it before has published what this one sees, or never will.
 */
final class CommitRepair implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CommitRepair.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final int TRIES = 120;
  private static final String REPAIR = ".repair-";

  /** Clocks of workers and brokers may differ by so much. */
  private static final Duration CLOCK_MARGIN = Duration.ofMinutes(10);

  /** A commit that is prepared cannot fail any more. */
  private static final Set<TransactionState> PUBLISHED =
      Set.of(TransactionState.PREPARE_COMMIT, TransactionState.COMPLETE_COMMIT);

  private final GuardSettings settings;
  private final GuardedCommittable lost;

  /** The same in each attempt, and in no repair of another transaction. */
  private final String id;

  private final KafkaProducer<byte[], byte[]> producer;

  CommitRepair(GuardSettings settings, GuardedCommittable lost) {
    this.settings = settings;
    this.lost = lost;
    this.id = lost.transactionalId() + REPAIR + lost.begunMillis();
    Properties properties = settings.properties();
    properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, id);
    this.producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /**
   * Whether an earlier attempt has published the results. One that has not is ended, even if its
   * process still runs. To be called first.
   *
   * @throws IOException if the broker does not answer: to be tried again
   */
  boolean isDone() throws IOException, InterruptedException {
    Optional<TransactionState> state = BrokerTransactions.state(id, settings.properties());
    if (state.filter(PUBLISHED::contains).isPresent()) {
      return true;
    }
    producer.initTransactions();
    return false;
  }

  /**
   * What the topic tells of a transaction's results, whatever the broker remembers of its id.
   *
   * @param present frames with results in the topic, when both were looked for
   * @param visible those of them whose results readers of committed records can see
   */
  record Evidence(Set<SourcePosition> present, Set<SourcePosition> visible) {
    /** Whether there are results that were not committed: a transaction is, as a whole, or not. */
    boolean ofLoss() {
      return visible.size() < present.size();
    }
  }

  /**
   * Reads the topic for the results of a transaction. Waits until no open transaction hides those
   * results. One that began after them is not waited for: it may be another task's, which commits
   * only with the next checkpoint, which waits for this one.
   *
   * @throws IOException if the broker does not answer, or an open transaction hides the results for
   *     a minute: to be tried again
   */
  Evidence look() throws IOException, InterruptedException {
    Set<SourcePosition> found = new HashSet<>();
    try (KafkaConsumer<byte[], byte[]> all = consumer("read_uncommitted");
        KafkaConsumer<byte[], byte[]> committed = consumer("read_committed")) {
      Place place = place(all);
      Map<TopicPartition, Long> ignored = seek(committed, place.sinceMillis());
      awaitVisible(committed, place.ends());
      scan(
          committed,
          place.ends(),
          (position, entry) -> {
            if (lost.frames().contains(position)) {
              found.add(position);
            }
          });
      return new Evidence(present(committed, place, found), found);
    }
  }

  /** Without what retention has removed meanwhile: that was only not seen, not uncommitted. */
  private static Set<SourcePosition> present(
      KafkaConsumer<byte[], byte[]> consumer, Place place, Set<SourcePosition> visible) {
    Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(place.ends().keySet());
    Map<SourcePosition, At> left = new HashMap<>(place.frames());
    left.values().removeIf(at -> at.offset() < beginnings.get(at.partition()));
    Set<SourcePosition> present = new HashSet<>(visible);
    present.addAll(left.keySet());
    return present;
  }

  /**
   * Where the results of a transaction's frames are, whatever became of them.
   *
   * @param frames those of its frames that have results, and where the last one of each is
   * @param ends behind the last of them, in each partition that has any
   */
  private record Place(
      long sinceMillis, Map<SourcePosition, At> frames, Map<TopicPartition, Long> ends) {}

  private record At(TopicPartition partition, long offset) {}

  /**
   * Looks from when the transaction began, and from the beginning where not all of its results came
   * after that, because the clock of its worker was wrong.
   */
  private Place place(KafkaConsumer<byte[], byte[]> all) throws IOException {
    Place place = place(all, lost.begunMillis());
    return place.frames().size() < lost.frames().count() ? place(all, 0) : place;
  }

  private Place place(KafkaConsumer<byte[], byte[]> all, long sinceMillis) throws IOException {
    Map<SourcePosition, At> found = new HashMap<>();
    Map<TopicPartition, Long> ends = new HashMap<>();
    scan(
        all,
        seek(all, sinceMillis),
        (position, entry) -> {
          if (lost.frames().contains(position)) {
            TopicPartition partition = new TopicPartition(entry.topic(), entry.partition());
            found.put(position, new At(partition, entry.offset()));
            ends.put(partition, entry.offset() + 1);
          }
        });
    return new Place(sinceMillis, found, ends);
  }

  private void awaitVisible(KafkaConsumer<byte[], byte[]> committed, Map<TopicPartition, Long> ends)
      throws IOException, InterruptedException {
    for (int i = 0; i < TRIES; i++) {
      Map<TopicPartition, Long> stable = committed.endOffsets(ends.keySet());
      if (ends.entrySet().stream().allMatch(end -> stable.get(end.getKey()) >= end.getValue())) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
    }
    throw new IOException(
        "an open transaction holds back topic "
            + settings.topic()
            + "; 'framelabel transactions list' names it");
  }

  /**
   * Aborts what the same task wrote after the lost transaction: later results of the same cameras,
   * which would stand before the repaired ones. They are not lost by that: their frames are
   * labelled again by the job, or their commit comes to the guard in its turn. A writer of this
   * attempt that still holds one fails at its next step, and the job goes back to its checkpoint.
   */
  private void abortLaterOnes() throws IOException, InterruptedException {
    String before = lost.transactionalId();
    String task = before.substring(0, before.lastIndexOf('-') + 1);
    for (int i = 0; i < TRIES; i++) {
      List<String> later =
          BrokerTransactions.open(settings.properties()).stream()
              .filter(open -> open.startsWith(task) && !open.contains(REPAIR))
              .toList();
      if (later.isEmpty()) {
        return;
      }
      LOG.warn("{} came after {} and are aborted", later, before);
      BrokerTransactions.abort(later, settings.properties());
      TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
    }
    throw new IOException("a later transaction of " + task + " is still open");
  }

  /**
   * Publishes the results again, all of them, in one transaction.
   *
   * @throws IOException if the broker does not answer: to be tried again
   */
  void run(Evidence evidence) throws IOException, InterruptedException {
    abortLaterOnes();
    producer.beginTransaction();
    copy(evidence);
    producer.commitTransaction();
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

  /** Copies the result of each frame that has one, once. */
  private void copy(Evidence evidence) throws IOException {
    Set<SourcePosition> left = new HashSet<>(evidence.present());
    left.removeAll(evidence.visible());
    try (KafkaConsumer<byte[], byte[]> consumer = consumer("read_uncommitted")) {
      scan(
          consumer,
          seek(consumer, place(consumer).sinceMillis()),
          (position, entry) -> {
            // An earlier attempt, aborted too, may have left the same frame: its result is as good.
            if (left.remove(position)) {
              var ignored =
                  producer.send(
                      new ProducerRecord<>(
                          entry.topic(),
                          entry.partition(),
                          entry.key(),
                          entry.value(),
                          entry.headers()));
            }
          });
    }
    if (!left.isEmpty()) {
      throw new IOException(
          left.size() + " results that were in topic " + settings.topic() + " are gone from it");
    }
  }

  private void scan(
      KafkaConsumer<byte[], byte[]> consumer,
      Map<TopicPartition, Long> ends,
      BiConsumer<SourcePosition, ConsumerRecord<byte[], byte[]>> action)
      throws IOException {
    while (ends.entrySet().stream()
        .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
      for (ConsumerRecord<byte[], byte[]> entry : consumer.poll(POLL)) {
        action.accept(settings.results().of(entry.value()), entry);
      }
    }
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

  @Override
  public void close() {
    producer.close();
  }
}
