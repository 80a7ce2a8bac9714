package dev.framelabel.kafka.sink.commit;

/** Broker's answer to the question how a transaction ended. */
enum TransactionOutcome {
  /** The broker has committed the transaction. */
  COMMITTED,
  /** The broker has aborted the transaction. */
  ABORTED,
  /** The broker knows the id, but no longer how this transaction of the id ended. */
  FORGOTTEN,
  /** The broker does not know the id. */
  ABSENT
}
