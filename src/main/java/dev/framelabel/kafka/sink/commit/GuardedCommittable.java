package dev.framelabel.kafka.sink.commit;

import static java.util.Objects.requireNonNull;

import org.apache.flink.connector.kafka.sink.KafkaCommittable;

/**
 * A transaction that is to be committed, and what is in it. Part of checkpoints.
 *
 * @param kafka the connector's committable
 * @param frames whose results the transaction holds
 * @param begunMillis when the first of them was written, by the worker's clock
 * @param writer the id of the writer instance, which is in the header of each of the results
 */
public record GuardedCommittable(
    KafkaCommittable kafka, FrameRanges frames, long begunMillis, String writer) {
  public GuardedCommittable {
    requireNonNull(kafka, "kafka");
    requireNonNull(frames, "frames");
    requireNonNull(writer, "writer");
  }

  String transactionalId() {
    return kafka.getTransactionalId();
  }

  /** Returns the checkpoint that the transaction belongs to, as its id ends with it. */
  String checkpoint() {
    return transactionalId().substring(transactionalId().lastIndexOf('-') + 1);
  }
}
