package dev.framelabel.kafka.sink.commit;

import dev.framelabel.kafka.admin.AdminCalls;
import dev.framelabel.kafka.admin.OpenTransactions;
import dev.framelabel.kafka.sink.commit.ResultScan.At;
import dev.framelabel.kafka.sink.commit.ResultScan.Found;
import dev.framelabel.kafka.sink.commit.ResultScan.Visibility;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.flink.metrics.Counter;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Repair of a transaction that the connector could not commit: finds out how it ended, and
 * publishes the results of an aborted one again. The results of an aborted transaction are still in
 * the topic, where only {@code read_uncommitted} readers see them. The repair copies them in one
 * new transaction.
 *
 * <p><b>Whether the transaction was committed.</b> The broker's answer decides where it has one.
 * Where the broker has forgotten, the topic decides: a transaction is committed as a whole or not
 * at all, so one of its results below the last stable offset tells, visible or not. Only where all
 * of them are behind another producer's open transaction is that transaction's end waited for, up
 * to a limit. A result that readers see always means committed, whatever the broker answers.
 *
 * <p><b>Attempts.</b> A repair that is cut short is done again from the beginning. All attempts for
 * one transaction use the same transactional id, and each copy names it in a header. An attempt
 *
 * <ol>
 *   <li>waits until the transaction of an earlier attempt has ended, at the latest by its timeout,
 *       and is done if that was committed;
 *   <li>takes the id, which fences all earlier attempts: from here on they can commit nothing;
 *   <li>looks for copies. It writes only if none of them is committed. Copies that were there when
 *       the broker said that the id's newest transaction was aborted are not: the attempt that
 *       wrote them had made sure of that for all copies before.
 * </ol>
 *
 * So what readers see is never published again, even by a process that stood still and goes on
 * later.
 */
final class CommitRepair implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CommitRepair.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final int TRIES = 120;
  private static final String REPAIR = ".repair-";

  /** Time that a repair may take before the broker aborts it; more for each result. */
  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  private static final Duration TIMEOUT_PER_RESULT = Duration.ofMillis(20);

  /** The broker looks for transactions that have timed out every few seconds. */
  private static final Duration TIMEOUT_MARGIN = Duration.ofSeconds(30);

  /** A commit that is prepared cannot fail any more. */
  private static final Set<TransactionState> PUBLISHED =
      Set.of(TransactionState.PREPARE_COMMIT, TransactionState.COMPLETE_COMMIT);

  private final GuardSettings settings;
  private final GuardedCommittable transaction;
  private final Duration patience;
  private final String id;
  private final Duration timeout;
  private final ResultScan scan;
  private final KafkaProducer<byte[], byte[]> producer;

  /** Copies before these offsets are known to be aborted. */
  private Map<TopicPartition, Long> abortedBefore = Map.of();

  /** Verdict on how the transaction ended, as far as can be found out. */
  enum Verdict {
    COMMITTED,
    /** Aborted; an earlier attempt has published its results. */
    REPAIRED,
    ABORTED,
    /** The broker has forgotten, and the topic no longer holds any of the results. */
    UNKNOWN,
    /** The broker has forgotten, and an open transaction of another producer hides the results. */
    HIDDEN
  }

  /**
   * The verdict on a transaction, and the records that it rests on.
   *
   * @param found of its results
   */
  record Finding(Verdict verdict, Found found) {}

  /**
   * Opens the producer and two consumers, which {@link #close} closes; sends no record.
   *
   * @param patience how long the open transaction of another producer is waited for, where only its
   *     end can tell
   */
  CommitRepair(
      GuardSettings settings,
      GuardedCommittable transaction,
      Counter foreignRecords,
      Duration patience) {
    this.settings = settings;
    this.transaction = transaction;
    this.patience = patience;
    this.id = id(transaction);
    Properties properties = settings.properties();
    this.timeout = timeout();
    properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, id);
    properties.put(
        ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, Integer.toString((int) timeout.toMillis()));
    this.producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    try {
      this.scan = new ResultScan(settings, transaction, foreignRecords);
    } catch (RuntimeException e) {
      producer.close();
      throw e;
    }
  }

  /**
   * Returns the id of the repair: the same in each attempt, and in no repair of another
   * transaction.
   */
  static String id(GuardedCommittable transaction) {
    return transaction.transactionalId() + REPAIR + transaction.writer();
  }

  /** Returns what a repair may need, or what the brokers allow if that is less. */
  private Duration timeout() {
    Duration needed = TIMEOUT.plus(TIMEOUT_PER_RESULT.multipliedBy(transaction.frames().count()));
    Duration allowed = allowedTimeout();
    return needed.compareTo(allowed) < 0 ? needed : allowed;
  }

  /**
   * Returns the brokers' limit; where they do not tell, the timeout of the job's own transactions.
   */
  private Duration allowedTimeout() {
    try (Admin admin = Admin.create(settings.properties())) {
      return AdminCalls.longestTransaction(admin);
    } catch (AuthorizationException e) {
      String most = Integer.toString(Integer.MAX_VALUE);
      return Duration.ofMillis(
          Long.parseLong(
              settings.client().getOrDefault(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, most)));
    }
  }

  /**
   * Finds out how the transaction ended. Blocks while an earlier attempt's transaction is open.
   *
   * @param outcome the broker's answer
   * @throws IOException if the broker does not answer: to be tried again
   */
  Finding look(TransactionOutcome outcome) throws IOException, InterruptedException {
    if (isPublished()) {
      return new Finding(Verdict.REPAIRED, new Found(Map.of(), Set.of()));
    }
    producer.initTransactions();
    Found found = scan.find();
    Set<At> records = new HashSet<>(found.results().values());
    records.addAll(found.copies());
    long end = System.nanoTime() + patience.toNanos();
    Optional<Verdict> verdict = verdict(outcome, found, scan.visibility(records));
    while (verdict.isEmpty() && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
      verdict = verdict(outcome, found, scan.visibility(records));
    }
    return new Finding(verdict.orElse(Verdict.HIDDEN), found);
  }

  /** Waits for the end of an earlier attempt, and notes which copies were aborted with it. */
  private boolean isPublished() throws IOException, InterruptedException {
    long end = System.nanoTime() + timeout.plus(TIMEOUT_MARGIN).toNanos();
    do {
      Map<TopicPartition, Long> ends = scan.ends();
      Optional<TransactionState> state = BrokerTransactions.state(id, settings.properties());
      if (state.filter(PUBLISHED::contains).isPresent()) {
        return true;
      }
      if (state.filter(OpenTransactions.STATES::contains).isEmpty()) {
        abortedBefore =
            state.filter(TransactionState.COMPLETE_ABORT::equals).isPresent() ? ends : Map.of();
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
    } while (System.nanoTime() < end);
    throw new IOException("transaction " + id + " of an earlier repair is still open");
  }

  /** Returns the verdict; empty if it depends on an open transaction of another producer. */
  private Optional<Verdict> verdict(
      TransactionOutcome outcome, Found found, Visibility visibility) {
    if (found.copies().stream().anyMatch(visibility.visible()::contains)) {
      return Optional.of(Verdict.REPAIRED);
    }
    if (!visibility.visible().isEmpty()) {
      return Optional.of(Verdict.COMMITTED);
    }
    if (found.copies().stream()
        .filter(copy -> copy.offset() >= abortedBefore.getOrDefault(copy.partition(), 0L))
        .anyMatch(visibility.undecided()::contains)) {
      return Optional.empty();
    }
    if (outcome == TransactionOutcome.ABORTED
        || found.results().values().stream().anyMatch(visibility.hidden()::contains)) {
      return Optional.of(Verdict.ABORTED);
    }
    return visibility.undecided().isEmpty() ? Optional.of(Verdict.UNKNOWN) : Optional.empty();
  }

  /**
   * Publishes the results of an aborted transaction again, all of them, in one transaction.
   *
   * @param found all of its results
   * @throws IOException if the broker does not answer, or results are gone meanwhile: to be tried
   *     again
   */
  void publish(Found found) throws IOException {
    abortLaterOnes();
    Set<At> left = new HashSet<>(found.results().values());
    producer.beginTransaction();
    scan.read(
        found.results().values(),
        entry -> {
          boolean expected = left.remove(At.of(entry));
          if (expected) {
            Headers headers = new RecordHeaders(entry.headers());
            ResultHeaders.stampRepair(headers, id);
            var ignored =
                producer.send(
                    new ProducerRecord<>(
                        entry.topic(), entry.partition(), entry.key(), entry.value(), headers));
          }
        });
    if (!left.isEmpty()) {
      producer.abortTransaction();
      throw new IOException(
          "%s results of transaction %s have just gone from topic %s"
              .formatted(left.size(), transaction.transactionalId(), settings.topic()));
    }
    producer.commitTransaction();
  }

  /**
   * Aborts what the same task wrote after the lost transaction: later results of the same cameras,
   * which would stand before the repaired ones. They are not lost: the job labels their frames
   * again, or their commit comes to the guard in its turn. A writer of this attempt that still
   * holds one fails at its next step, and the job goes back to its checkpoint.
   */
  private void abortLaterOnes() throws IOException {
    String lost = transaction.transactionalId();
    String task = lost.substring(0, lost.lastIndexOf('-') + 1);
    try (Admin admin = Admin.create(settings.properties())) {
      for (int i = 0; i < TRIES; i++) {
        List<String> later =
            OpenTransactions.ids(admin).stream()
                .filter(open -> open.startsWith(task) && !open.contains(REPAIR))
                .toList();
        if (later.isEmpty()) {
          return;
        }
        LOG.info("Aborting later transactions of the same task: lost={} later={}", lost, later);
        Void ignored = AdminCalls.answer(admin.fenceProducers(later).all());
        AdminCalls.pause(POLL);
      }
    }
    throw new IOException("a transaction that began after " + lost + " is still open");
  }

  @Override
  public void close() {
    try {
      producer.close();
    } finally {
      scan.close();
    }
  }
}
