package dev.framelabel.kafka.sink;

import dev.framelabel.config.KafkaOptions;
import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.wire.OutputFormat;
import java.io.Serializable;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.AbstractRecords;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.RecordBatch;

/**
 * Sizes of results as brokers count them: a batch of this record alone, not compressed. Encodes the
 * result, in the format with the largest header, so that no registry is asked. Not thread-safe.
 */
public final class RecordSizes implements Serializable {
  private static final long serialVersionUID = 1L;

  /** For what the commit guard adds: its headers, with a transactional id of any usual length. */
  private static final int STAMP_BYTES = 1 << 10;

  private final OutcomeRecords.OutcomeSerializer<LabelledFrame> labelled;
  private final OutcomeRecords.OutcomeSerializer<RejectedFrame> rejected;
  private transient boolean open;

  public RecordSizes(KafkaOptions options) {
    labelled = OutcomeRecords.labelled(options, OutputFormat.SINGLE_OBJECT);
    rejected = OutcomeRecords.rejected(options, OutputFormat.SINGLE_OBJECT);
  }

  /** Returns the largest record that the topics and the producer take. */
  public static int largest(KafkaOptions options) {
    return OutcomeRecords.maxBytes(options);
  }

  /** Returns the bytes of an outcome's record. */
  public int of(Outcome outcome) {
    if (!open) {
      labelled.open();
      rejected.open();
      open = true;
    }
    return STAMP_BYTES
        + size(
            outcome instanceof LabelledFrame frame
                ? labelled.serialize(frame, null, null)
                : rejected.serialize((RejectedFrame) outcome, null, null));
  }

  private static int size(ProducerRecord<byte[], byte[]> result) {
    return AbstractRecords.estimateSizeInBytesUpperBound(
        RecordBatch.CURRENT_MAGIC_VALUE,
        CompressionType.NONE,
        result.key(),
        result.value(),
        result.headers().toArray());
  }
}
