package dev.framelabel.kafka.admin;

import dev.framelabel.config.KafkaOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks of what exactly-once needs: a timeout that the brokers allow, and ids of its own. */
final class TransactionChecks {
  private static final Logger LOG = LoggerFactory.getLogger(TransactionChecks.class);
  private static final String LONGEST = "transaction.max.timeout.ms";
  private static final Duration LONGEST_WATCH = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(250);
  private static final String SUBJECT = "transaction prefix";

  private final Admin admin;
  private final KafkaOptions options;
  private final Duration watch;

  TransactionChecks(Admin admin, KafkaOptions options, Duration checkpointInterval) {
    this.admin = admin;
    this.options = options;
    Duration twice = checkpointInterval.multipliedBy(2);
    this.watch = twice.compareTo(LONGEST_WATCH) < 0 ? twice : LONGEST_WATCH;
  }

  /**
   * Makes the checks. Blocks; up to 20 s longer where a transaction of the prefix is open.
   *
   * @throws org.apache.kafka.common.KafkaException if the brokers do not answer
   */
  List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    findings.add(timeout());
    Optional<Finding> forbidden = forbidden();
    findings.add(forbidden.orElseGet(this::prefix));
    return findings;
  }

  private Finding timeout() {
    Duration wanted = options.get(KafkaOptions.TRANSACTION_TIMEOUT);
    try {
      Duration longest = AdminCalls.longestTransaction(admin);
      String found =
          "--transaction-timeout is %s ms; the brokers allow %s ms (%s)"
              .formatted(wanted.toMillis(), longest.toMillis(), LONGEST);
      return wanted.compareTo(longest) <= 0
          ? Finding.ok("transaction timeout", found)
          : Finding.failed(
              "transaction timeout",
              found,
              "Give --transaction-timeout '%s ms', or raise %s on the brokers"
                  .formatted(longest.toMillis(), LONGEST));
    } catch (AuthorizationException e) {
      return Finding.skipped(
          "transaction timeout", "this user may not read " + LONGEST + " (DESCRIBE_CONFIGS)");
    }
  }

  private Optional<Finding> forbidden() {
    for (String prefix : prefixes()) {
      String id = prefix + "-0-1";
      try {
        TransactionDescription ignored =
            AdminCalls.answer(admin.describeTransactions(List.of(id)).description(id));
      } catch (TransactionalIdNotFoundException e) {
        LOG.debug("transactional id {} is new", id);
      } catch (AuthorizationException e) {
        return Optional.of(
            Finding.failed(
                SUBJECT,
                ("this user lacks permissions for transactional ids that begin with %s"
                        + " (--transactional-id-prefix); the job needs [WRITE, DESCRIBE]")
                    .formatted(prefix),
                ("Grant them with 'kafka-acls --add --transactional-id %s --resource-pattern-type"
                        + " prefixed', or choose another --transactional-id-prefix")
                    .formatted(prefix)));
      }
    }
    return Optional.empty();
  }

  /** Returns the sinks' own prefixes; an id goes on with {@code -SUBTASK-CHECKPOINT}. */
  private List<String> prefixes() {
    String prefix = options.get(KafkaOptions.TRANSACTIONAL_ID_PREFIX);
    return List.of(
        prefix + "." + options.get(KafkaOptions.LABELS_TOPIC) + ".",
        prefix + "." + options.get(KafkaOptions.REJECTED_TOPIC) + ".");
  }

  /**
   * Checks that the prefix is not in use: a failed job leaves transactions open, which do not
   * change; a live one begins others with every checkpoint.
   */
  private Finding prefix() {
    String prefix = options.get(KafkaOptions.TRANSACTIONAL_ID_PREFIX);
    Set<String> before = open();
    if (before.isEmpty()) {
      return Finding.ok(SUBJECT, "no open transaction begins with " + prefix);
    }
    LOG.info(
        "Preflight: watching for {} ms whether a running job uses this prefix: open={}",
        watch.toMillis(),
        before);
    long end = System.nanoTime() + watch.toNanos();
    while (System.nanoTime() < end) {
      AdminCalls.pause(POLL);
      Set<String> begun = new HashSet<>(open());
      begun.removeAll(before);
      if (!begun.isEmpty()) {
        return Finding.failed(
            SUBJECT,
            ("another running job uses --transactional-id-prefix %s: it has just begun transaction %s."
                    + " Two jobs with one prefix abort each other's transactions")
                .formatted(prefix, begun.iterator().next()),
            "Give each job a --transactional-id-prefix of its own, or stop the other job first. While this very job"
                + " runs, the finding is about this job");
      }
    }
    return Finding.ok(SUBJECT, "used by no running job; left open by an earlier job: " + before);
  }

  private Set<String> open() {
    return OpenTransactions.ids(admin).stream()
        .filter(id -> prefixes().stream().anyMatch(prefix -> id.startsWith(prefix + "-")))
        .collect(Collectors.toSet());
  }
}
