package dev.framelabel.kafka.admin;

import dev.framelabel.kafka.sink.commit.BrokerTransactions;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;

/** The transactions that hold readers back, as the broker knows them. */
public final class OpenTransactions {
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
      long producerId,
      Set<String> partitions,
      Instant since,
      Duration timeout) {
    public Open {
      partitions = Set.copyOf(partitions);
    }
  }

  /**
   * Lists open transactions.
   *
   * @param prefix of their ids; empty: all of the cluster
   */
  public static List<Open> list(Map<String, String> client, String prefix) {
    try (Admin admin = Admin.create(Map.copyOf(client))) {
      Collection<String> ids =
          admin
              .listTransactions(new ListTransactionsOptions().filterStates(BrokerTransactions.OPEN))
              .all()
              .get()
              .stream()
              .map(TransactionListing::transactionalId)
              .filter(id -> id.startsWith(prefix))
              .toList();
      return admin.describeTransactions(ids).all().get().entrySet().stream()
          .filter(entry -> BrokerTransactions.OPEN.contains(entry.getValue().state()))
          .map(entry -> open(entry.getKey(), entry.getValue()))
          .sorted(Comparator.comparing(Open::since))
          .toList();
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "the broker does not list transactions: " + e.getCause().getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static Open open(String id, TransactionDescription description) {
    return new Open(
        id,
        description.state().toString(),
        description.producerId(),
        description.topicPartitions().stream()
            .map(Object::toString)
            .collect(Collectors.toCollection(TreeSet::new)),
        Instant.ofEpochMilli(description.transactionStartTimeMs().orElse(0)),
        Duration.ofMillis(description.transactionTimeoutMs()));
  }

  /** Aborts a transaction, and fences whoever holds it. What it has written is never read. */
  public static void abort(Map<String, String> client, String transactionalId) {
    try (Admin admin = Admin.create(Map.copyOf(client))) {
      admin.fenceProducers(List.of(transactionalId)).all().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "transaction " + transactionalId + " cannot be aborted: " + e.getCause().getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
