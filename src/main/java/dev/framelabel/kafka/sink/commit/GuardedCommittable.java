package dev.framelabel.kafka.sink.commit;

import org.apache.flink.connector.kafka.sink.KafkaCommittable;

/**
 * A transaction that is to be committed, and what is in it. Stands in checkpoints.
 *
 * @param kafka the connector's own
 * @param frames whose results it holds
 * @param begunMillis when the first of them was written, by the worker's clock
 */
public record GuardedCommittable(KafkaCommittable kafka, FrameRanges frames, long begunMillis) {
  String transactionalId() {
    return kafka.getTransactionalId();
  }

  /** For people: the transaction, its checkpoint and its frames. */
  String story() {
    String id = transactionalId();
    return "transaction "
        + id
        + " of checkpoint "
        + id.substring(id.lastIndexOf('-') + 1)
        + " with the results of "
        + frames.count()
        + " frames ("
        + frames
        + ")";
  }
}
