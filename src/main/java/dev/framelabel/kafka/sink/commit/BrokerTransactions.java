package dev.framelabel.kafka.sink.commit;

import dev.framelabel.kafka.admin.AdminCalls;
import dev.framelabel.kafka.admin.OpenTransactions;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;

/** Client for the broker's transaction coordinator: how transactions ended. All calls block. */
final class BrokerTransactions {
  private static final int TRIES = 120;
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(500);

  private BrokerTransactions() {}

  /**
   * Returns how a transaction ended. Blocks until it has ended, a minute at most.
   *
   * <p>The broker keeps one state for each transactional id, that of the id's newest transaction.
   * The state counts only where producer id and epoch say that it is this transaction's. A commit
   * raises the epoch by 1 at most. Whoever takes up the id of an aborted transaction has an epoch
   * that is higher by 2 or more.
   *
   * @throws KafkaException if the broker does not answer
   * @throws IOException if the transaction is still open
   */
  static TransactionOutcome outcome(KafkaCommittable transaction, Properties client)
      throws IOException {
    String id = transaction.getTransactionalId();
    try (Admin admin = Admin.create(client)) {
      for (int i = 0; i < TRIES; i++) {
        Optional<TransactionDescription> found = describe(admin, id);
        if (found.isEmpty()) {
          return TransactionOutcome.ABSENT;
        }
        if (!OpenTransactions.STATES.contains(found.get().state())) {
          return outcome(transaction, found.get());
        }
        AdminCalls.pause(BETWEEN_TRIES);
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
   * @throws KafkaException if the broker does not answer
   */
  static Optional<TransactionState> state(String transactionalId, Properties client) {
    try (Admin admin = Admin.create(client)) {
      return describe(admin, transactionalId).map(TransactionDescription::state);
    }
  }

  private static Optional<TransactionDescription> describe(Admin admin, String id) {
    try {
      return Optional.of(
          AdminCalls.answer(admin.describeTransactions(List.of(id)).description(id)));
    } catch (TransactionalIdNotFoundException e) {
      return Optional.empty();
    }
  }
}
