package dev.framelabel.kafka.admin;

import dev.framelabel.config.KafkaOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks of the partitions of the frames topic: lost frames, and frames behind an open transaction.
 */
final class PartitionChecks {
  private static final Logger LOG = LoggerFactory.getLogger(PartitionChecks.class);
  private static final String RETENTION = "retention of the frames topic";
  private static final String TRANSACTIONS = "open transactions on the frames topic";

  /** Time within which a live publisher ends its transactions; a hanging one does not. */
  private static final Duration WATCH = Duration.ofSeconds(5);

  private final Admin admin;
  private final KafkaOptions options;
  private final List<TopicPartition> partitions;

  /**
   * Prepares the checks; sends no request. The caller closes {@code admin}.
   *
   * @param partitions of the frames topic; none where it may not be read
   */
  PartitionChecks(Admin admin, KafkaOptions options, List<TopicPartition> partitions) {
    this.admin = admin;
    this.options = options;
    this.partitions = partitions;
  }

  /**
   * Makes the checks. Blocks; 5 s longer where a transaction is open on the topic.
   *
   * @throws org.apache.kafka.common.KafkaException if the brokers do not answer
   */
  List<Finding> findings() {
    if (partitions.isEmpty()) {
      return List.of();
    }
    List<Finding> findings = new ArrayList<>(retention());
    findings.addAll(waiting());
    return findings;
  }

  /**
   * Finds frames that retention removed while no job of the group ran; the committed offsets tell.
   */
  private List<Finding> retention() {
    if (!options.get(KafkaOptions.FROM_TIMESTAMP).isEmpty()) {
      return List.of(Finding.skipped(RETENTION, "--from-timestamp says where the job starts"));
    }
    try {
      return lost();
    } catch (GroupIdNotFoundException e) {
      return List.of(Finding.ok(RETENTION, "the consumer group has not read yet"));
    } catch (AuthorizationException e) {
      return List.of(Finding.skipped(RETENTION, "this user may not read the group's offsets"));
    }
  }

  private List<Finding> lost() {
    String group = options.get(KafkaOptions.GROUP_ID);
    Map<TopicPartition, OffsetAndMetadata> committed =
        AdminCalls.answer(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
    Map<TopicPartition, Long> starts =
        AdminCalls.offsets(
            admin, partitions, OffsetSpec.earliest(), IsolationLevel.READ_UNCOMMITTED);
    List<Finding> findings = new ArrayList<>();
    for (TopicPartition partition : partitions) {
      OffsetAndMetadata read = committed.get(partition);
      if (read != null && starts.get(partition) > read.offset()) {
        findings.add(lost(partition, read.offset(), starts.get(partition)));
      }
    }
    return findings.isEmpty()
        ? List.of(Finding.ok(RETENTION, "no frame was removed before group " + group + " read it"))
        : findings;
  }

  private Finding lost(TopicPartition partition, long from, long to) {
    return Finding.warning(
        "partition " + partition,
        "retention removed %s offsets (offsets %s to %s) before group %s read them: these frames are not labelled"
            .formatted(to - from, from, to - 1, options.get(KafkaOptions.GROUP_ID)),
        "Set retention.ms of the topic above the longest outage of the job");
  }

  /** Finds open transactions of publishers, which block the frames behind them. */
  private List<Finding> waiting() {
    Map<TopicPartition, Long> before = blocked();
    if (!before.isEmpty()) {
      AdminCalls.pause(WATCH);
    }
    Map<TopicPartition, Long> after = before.isEmpty() ? before : blocked();
    List<TopicPartition> waiting =
        before.keySet().stream()
            .filter(partition -> Objects.equals(after.get(partition), before.get(partition)))
            .sorted((a, b) -> Integer.compare(a.partition(), b.partition()))
            .toList();
    if (waiting.isEmpty()) {
      return List.of(Finding.ok(TRANSACTIONS, "none blocks the job"));
    }
    List<OpenTransactions.Open> open = open();
    return waiting.stream()
        .map(partition -> waiting(partition, after.get(partition), open))
        .toList();
  }

  private List<OpenTransactions.Open> open() {
    try {
      return OpenTransactions.list(options.client(), "");
    } catch (IllegalStateException e) {
      LOG.info("Preflight: cannot list open transactions, so no finding names them", e);
      return List.of();
    }
  }

  /** Returns the last stable offset of each partition that ends behind it. */
  private Map<TopicPartition, Long> blocked() {
    Map<TopicPartition, Long> stable =
        AdminCalls.offsets(admin, partitions, OffsetSpec.latest(), IsolationLevel.READ_COMMITTED);
    Map<TopicPartition, Long> ends =
        AdminCalls.offsets(admin, partitions, OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED);
    stable.entrySet().removeIf(entry -> entry.getValue() >= ends.get(entry.getKey()));
    return stable;
  }

  private static Finding waiting(
      TopicPartition partition, long stable, List<OpenTransactions.Open> open) {
    // The oldest is listed first, and blocks the others too.
    String id =
        open.stream()
            .filter(one -> one.partitions().contains(partition.toString()))
            .findFirst()
            .map(
                one ->
                    "%s (open since %s, timeout %s s)"
                        .formatted(one.transactionalId(), one.since(), one.timeout().toSeconds()))
            .orElse("that this user may not see");
    return Finding.warning(
        "partition " + partition,
        "the job waits at last stable offset %s: transaction %s blocks the frames behind it"
            .formatted(stable, id),
        "Wait for its publisher; if the publisher never comes back, see 'framelabel transactions list' and"
            + " end the transaction with 'framelabel transactions abort ID'. See the runbook, section 'Source waits at"
            + " the last stable offset'");
  }
}
