package dev.framelabel.kafka.sink.commit;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;

/** Asks the broker's transaction coordinator about transactions, and aborts open ones. */
public final class BrokerTransactions {
  private static final long ANSWER_SECONDS = 30;
  private static final int TRIES = 120;
  private static final long BETWEEN_TRIES_MILLIS = 500;

  /** States of transactions that hold the last stable offset back. */
  public static final Set<TransactionState> OPEN =
      Set.of(
          TransactionState.ONGOING,
          TransactionState.PREPARE_ABORT,
          TransactionState.PREPARE_COMMIT,
          TransactionState.PREPARE_EPOCH_FENCE);

  private BrokerTransactions() {}

  /**
   * Returns how a transaction ended. Blocks until it has ended, a minute at most.
   *
   * <p>The broker keeps one state for each transactional id, that of the id's newest transaction.
   * The state counts only where producer id and epoch say that it is this transaction's. A commit
   * raises the epoch by 1 at most. Whoever takes up the id of an aborted transaction has an epoch
   * that is higher by 2 or more.
   *
   * @throws IOException if the broker does not answer, or the transaction is still open
   */
  static TransactionOutcome outcome(KafkaCommittable transaction, Properties client)
      throws IOException, InterruptedException {
    String id = transaction.getTransactionalId();
    try (Admin admin = Admin.create(client)) {
      for (int i = 0; i < TRIES; i++) {
        Optional<TransactionDescription> found = describe(admin, id);
        if (found.isEmpty()) {
          return TransactionOutcome.ABSENT;
        }
        if (!OPEN.contains(found.get().state())) {
          return outcome(transaction, found.get());
        }
        TimeUnit.MILLISECONDS.sleep(BETWEEN_TRIES_MILLIS);
      }
    }
    throw new IOException("transaction " + id + " is still open");
  }

  private static TransactionOutcome outcome(
      KafkaCommittable transaction, TransactionDescription newest) {
    if (newest.producerId() != transaction.getProducerId()) {
      return TransactionOutcome.FORGOTTEN;
    }
    // A higher epoch is of a later transaction that took up the same id.
    if (newest.producerEpoch() > transaction.getEpoch() + 1) {
      return TransactionOutcome.FORGOTTEN;
    }
    return switch (newest.state()) {
      case COMPLETE_COMMIT -> TransactionOutcome.COMMITTED;
      case COMPLETE_ABORT -> TransactionOutcome.ABORTED;
      default -> TransactionOutcome.FORGOTTEN;
    };
  }

  /**
   * Returns the state of an id's newest transaction; empty if the broker does not know the id.
   *
   * @throws IOException if the broker does not answer
   */
  static Optional<TransactionState> state(String transactionalId, Properties client)
      throws IOException, InterruptedException {
    try (Admin admin = Admin.create(client)) {
      return describe(admin, transactionalId).map(TransactionDescription::state);
    }
  }

  /**
   * Returns the ids of all open transactions.
   *
   * @throws IOException if the broker does not answer
   */
  static List<String> open(Properties client) throws IOException, InterruptedException {
    try (Admin admin = Admin.create(client)) {
      return admin
          .listTransactions(new ListTransactionsOptions().filterStates(OPEN))
          .all()
          .get(ANSWER_SECONDS, TimeUnit.SECONDS)
          .stream()
          .map(TransactionListing::transactionalId)
          .toList();
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the broker does not list its open transactions", e);
    }
  }

  /**
   * Aborts transactions, and fences their producers.
   *
   * @throws IOException if the broker does not answer, or does not abort them
   */
  static void abort(List<String> transactionalIds, Properties client)
      throws IOException, InterruptedException {
    try (Admin admin = Admin.create(client)) {
      admin.fenceProducers(transactionalIds).all().get(ANSWER_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the broker does not abort transactions " + transactionalIds, e);
    }
  }

  private static Optional<TransactionDescription> describe(Admin admin, String id)
      throws IOException, InterruptedException {
    try {
      return Optional.of(
          admin
              .describeTransactions(List.of(id))
              .description(id)
              .get(ANSWER_SECONDS, TimeUnit.SECONDS));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TransactionalIdNotFoundException) {
        return Optional.empty();
      }
      throw new IOException("the broker does not describe transaction " + id, e);
    } catch (TimeoutException e) {
      throw new IOException("the broker does not describe transaction " + id, e);
    }
  }
}
