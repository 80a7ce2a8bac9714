package dev.framelabel.kafka.admin;

import dev.framelabel.config.KafkaOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What exactly-once needs: a timeout that the brokers allow, and ids that nobody else uses. */
final class TransactionChecks {
  private static final Logger LOG = LoggerFactory.getLogger(TransactionChecks.class);
  private static final String LONGEST = "transaction.max.timeout.ms";
  private static final Set<TransactionState> OPEN =
      Set.of(TransactionState.ONGOING, TransactionState.PREPARE_COMMIT);
  private static final Duration LONGEST_WATCH = Duration.ofSeconds(20);
  private static final long POLL_MILLIS = 250;

  private final Admin admin;
  private final KafkaOptions options;
  private final Duration watch;
  private final List<String> refusals = new ArrayList<>();

  TransactionChecks(Admin admin, KafkaOptions options, Duration checkpointInterval) {
    this.admin = admin;
    this.options = options;
    Duration twice = checkpointInterval.multipliedBy(2);
    this.watch = twice.compareTo(LONGEST_WATCH) < 0 ? twice : LONGEST_WATCH;
  }

  /**
   * @throws KafkaException if the brokers do not answer
   */
  List<String> refusals() {
    checkTimeout();
    if (checkPermission()) {
      checkPrefix();
    }
    return refusals;
  }

  private void checkTimeout() {
    long wanted = options.get(KafkaOptions.TRANSACTION_TIMEOUT).toMillis();
    try {
      long longest = AdminCalls.longestTransaction(admin).toMillis();
      if (wanted > longest) {
        refusals.add(
            "--transaction-timeout is "
                + wanted
                + " ms, but the brokers allow "
                + longest
                + " ms ("
                + LONGEST
                + "). Give --transaction-timeout '"
                + longest
                + " ms', or raise "
                + LONGEST
                + " on the brokers");
      }
    } catch (AuthorizationException e) {
      LOG.info("{} of the brokers is not checked: {}", LONGEST, e.getMessage());
    }
  }

  private boolean checkPermission() {
    for (String prefix : prefixes()) {
      String id = prefix + "-0-1";
      try {
        TransactionDescription ignored =
            AdminCalls.answer(admin.describeTransactions(List.of(id)).description(id));
      } catch (TransactionalIdNotFoundException e) {
        LOG.debug("transactional id {} is new", id);
      } catch (AuthorizationException e) {
        refusals.add(
            "transactional ids that begin with "
                + prefix
                + " (--transactional-id-prefix) may not be used by this user; the job needs [WRITE,"
                + " DESCRIBE]. Give those permissions (kafka-acls --add --transactional-id "
                + prefix
                + " --resource-pattern-type prefixed), or choose another --transactional-id-prefix");
        return false;
      }
    }
    return true;
  }

  /** The sinks' own prefixes; an id goes on with {@code -SUBTASK-CHECKPOINT}. */
  private List<String> prefixes() {
    String prefix = options.get(KafkaOptions.TRANSACTIONAL_ID_PREFIX);
    return List.of(
        prefix + "." + options.get(KafkaOptions.LABELS_TOPIC) + ".",
        prefix + "." + options.get(KafkaOptions.REJECTED_TOPIC) + ".");
  }

  /**
   * A job that died leaves transactions open, which do not change; one that lives begins others
   * with every checkpoint.
   */
  private void checkPrefix() {
    Set<String> before = open();
    if (before.isEmpty()) {
      return;
    }
    LOG.info(
        "transactions of this prefix are open, watched for {} ms: {}", watch.toMillis(), before);
    long end = System.nanoTime() + watch.toNanos();
    while (System.nanoTime() < end) {
      pause();
      Set<String> begun = new HashSet<>(open());
      begun.removeAll(before);
      if (!begun.isEmpty()) {
        refusals.add(
            "another job that runs uses --transactional-id-prefix "
                + options.get(KafkaOptions.TRANSACTIONAL_ID_PREFIX)
                + ": it has just begun transaction "
                + begun.iterator().next()
                + ". Two jobs of one prefix abort each other's transactions. Give each job a"
                + " --transactional-id-prefix of its own, or stop the other one first");
        return;
      }
    }
  }

  private Set<String> open() {
    Collection<TransactionListing> all =
        AdminCalls.answer(
            admin.listTransactions(new ListTransactionsOptions().filterStates(OPEN)).all());
    return all.stream()
        .map(TransactionListing::transactionalId)
        .filter(id -> prefixes().stream().anyMatch(prefix -> id.startsWith(prefix + "-")))
        .collect(Collectors.toSet());
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted", e);
    }
  }
}
