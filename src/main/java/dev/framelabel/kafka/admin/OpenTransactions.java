package dev.framelabel.kafka.admin;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.KafkaException;

/** Open transactions, as the broker knows them. All calls block. */
public final class OpenTransactions {
  /** States of transactions that hold the last stable offset back. */
  public static final Set<TransactionState> STATES =
      Set.of(
          TransactionState.ONGOING,
          TransactionState.PREPARE_ABORT,
          TransactionState.PREPARE_COMMIT,
          TransactionState.PREPARE_EPOCH_FENCE);

  private OpenTransactions() {}

  /**
   * One open transaction.
   *
   * @param state in Kafka's words
   * @param partitions that it has written to, as topic-partition
   * @param since when it began; empty where the broker does not say
   * @param timeout the broker aborts it by itself when it is open for longer
   */
  public record Open(
      String transactionalId,
      String state,
      Set<String> partitions,
      Instant since,
      Duration timeout) {
    public Open {
      partitions = Set.copyOf(partitions);
    }
  }

  /**
   * Lists open transactions, the oldest first.
   *
   * @param prefix of their ids; empty: all of the cluster
   * @throws IllegalStateException if the broker does not list them
   */
  public static List<Open> list(Map<String, String> client, String prefix) {
    try (Admin admin = Admin.create(Map.copyOf(client))) {
      List<String> ids = ids(admin).stream().filter(id -> id.startsWith(prefix)).toList();
      return AdminCalls.answer(admin.describeTransactions(ids).all()).entrySet().stream()
          .filter(entry -> STATES.contains(entry.getValue().state()))
          .map(entry -> open(entry.getKey(), entry.getValue()))
          .sorted(Comparator.comparing(Open::since))
          .toList();
    } catch (KafkaException e) {
      throw new IllegalStateException(
          "the broker does not list transactions: " + e.getMessage(), e);
    }
  }

  /**
   * Returns the ids of all open transactions.
   *
   * @throws KafkaException if the broker does not answer
   */
  public static List<String> ids(Admin admin) {
    Collection<TransactionListing> open =
        AdminCalls.answer(
            admin.listTransactions(new ListTransactionsOptions().filterStates(STATES)).all());
    return open.stream().map(TransactionListing::transactionalId).toList();
  }

  private static Open open(String id, TransactionDescription description) {
    return new Open(
        id,
        description.state().toString(),
        description.topicPartitions().stream()
            .map(Object::toString)
            .collect(Collectors.toCollection(TreeSet::new)),
        Instant.ofEpochMilli(description.transactionStartTimeMs().orElse(0)),
        Duration.ofMillis(description.transactionTimeoutMs()));
  }

  /**
   * Aborts a transaction, and fences its producer. No reader gets what it has written.
   *
   * @throws IllegalStateException if the broker does not abort it
   */
  public static void abort(Map<String, String> client, String transactionalId) {
    try (Admin admin = Admin.create(Map.copyOf(client))) {
      Void ignored = AdminCalls.answer(admin.fenceProducers(List.of(transactionalId)).all());
    } catch (KafkaException e) {
      throw new IllegalStateException(
          "transaction " + transactionalId + " cannot be aborted: " + e.getMessage(), e);
    }
  }
}
