package dev.framelabel.kafka.sink.commit;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;

/**
 * Asks the broker what became of a transaction, and ends what is open. Only right for ids that hold
 * one transaction each, as the sink's incrementing ids do.
 */
public final class TransactionFates {
  private static final long ASK_SECONDS = 30;
  private static final int TRIES = 120;
  private static final long BETWEEN_TRIES_MILLIS = 500;

  /** States of transactions that hold readers back. */
  public static final Set<TransactionState> OPEN =
      Set.of(
          TransactionState.ONGOING,
          TransactionState.PREPARE_ABORT,
          TransactionState.PREPARE_COMMIT,
          TransactionState.PREPARE_EPOCH_FENCE);

  private TransactionFates() {}

  /** What became of a transaction. */
  enum Fate {
    COMMITTED,
    ABORTED,
    /** The broker knows the id, but no longer how its transaction ended. */
    FORGOTTEN,
    /** The broker does not know the id. */
    ABSENT
  }

  /**
   * Blocks until the transaction has ended, a minute at most.
   *
   * @throws IOException if the broker does not answer, or the transaction is still open
   */
  static Fate of(String transactionalId, Properties client)
      throws IOException, InterruptedException {
    try (Admin admin = Admin.create(client)) {
      for (int i = 0; i < TRIES; i++) {
        Optional<TransactionState> state = describe(admin, transactionalId);
        if (state.isEmpty()) {
          return Fate.ABSENT;
        }
        if (state.get() == TransactionState.COMPLETE_COMMIT) {
          return Fate.COMMITTED;
        }
        if (state.get() == TransactionState.COMPLETE_ABORT) {
          return Fate.ABORTED;
        }
        if (state.get() == TransactionState.EMPTY) {
          return Fate.FORGOTTEN;
        }
        TimeUnit.MILLISECONDS.sleep(BETWEEN_TRIES_MILLIS);
      }
    }
    throw new IOException("transaction " + transactionalId + " is still open");
  }

  /**
   * What the broker knows now; empty: it does not know the id.
   *
   * @throws IOException if the broker does not answer
   */
  static Optional<TransactionState> now(String transactionalId, Properties client)
      throws IOException, InterruptedException {
    try (Admin admin = Admin.create(client)) {
      return describe(admin, transactionalId);
    }
  }

  /**
   * Ids of transactions that are open now.
   *
   * @throws IOException if the broker does not answer
   */
  static List<String> open(Properties client) throws IOException, InterruptedException {
    try (Admin admin = Admin.create(client)) {
      return admin
          .listTransactions(new ListTransactionsOptions().filterStates(OPEN))
          .all()
          .get(ASK_SECONDS, TimeUnit.SECONDS)
          .stream()
          .map(TransactionListing::transactionalId)
          .toList();
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the broker does not list its open transactions", e);
    }
  }

  /**
   * Aborts transactions, whoever holds them.
   *
   * @throws IOException if the broker does not answer, or does not do it
   */
  static void abort(List<String> transactionalIds, Properties client)
      throws IOException, InterruptedException {
    try (Admin admin = Admin.create(client)) {
      admin.fenceProducers(transactionalIds).all().get(ASK_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the broker does not abort " + transactionalIds, e);
    }
  }

  private static Optional<TransactionState> describe(Admin admin, String id)
      throws IOException, InterruptedException {
    try {
      return Optional.of(
          admin
              .describeTransactions(List.of(id))
              .description(id)
              .get(ASK_SECONDS, TimeUnit.SECONDS)
              .state());
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
