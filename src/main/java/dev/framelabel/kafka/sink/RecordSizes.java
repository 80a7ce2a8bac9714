package dev.framelabel.kafka.sink;

import dev.framelabel.config.KafkaOptions;
import dev.framelabel.event.Label;
import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.wire.OutputFormat;
import java.io.Serializable;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.AbstractRecords;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.RecordBatch;

/**
 * Sizes of results as brokers count them: a batch of this record alone, not compressed. An ordinary
 * result is not encoded for it: the lengths of its fields show that it fits. A result that may be
 * too large is encoded, in the format with the largest header, which needs no schema registry. Not
 * thread-safe.
 */
public final class RecordSizes implements Serializable {
  private static final long serialVersionUID = 1L;

  /** For what the commit guard adds: its headers, with a transactional id of any usual length. */
  private static final int STAMP_BYTES = 1 << 10;

  /** Numbers, lengths, enums and framing of a result, and a batch around it: about 300 bytes. */
  private static final long FIXED_BYTES = 1 << 10;

  /** Of a character in UTF-8, at most: those outside the first plane are two in Java. */
  private static final long CHARACTER_BYTES = 3;

  /** Lengths and numbers beside the texts of a label, an attribute or a header, at most. */
  private static final long ENTRY_BYTES = 20;

  private final int largest;
  private final OutcomeRecords.OutcomeSerializer<LabelledFrame> labelled;
  private final OutcomeRecords.OutcomeSerializer<RejectedFrame> rejected;
  private transient boolean open;

  public RecordSizes(KafkaOptions options) {
    largest = largest(options);
    labelled = OutcomeRecords.labelled(options, OutputFormat.SINGLE_OBJECT);
    rejected = OutcomeRecords.rejected(options, OutputFormat.SINGLE_OBJECT);
  }

  /** Returns the largest record that the topics and the producer take. */
  public static int largest(KafkaOptions options) {
    return OutcomeRecords.maxBytes(options);
  }

  /**
   * Returns the bytes of an outcome's record: exactly if it may be too large; else an upper bound,
   * which fits too.
   */
  public int of(Outcome outcome) {
    long most = atMost(outcome);
    return most <= largest ? (int) most : exactly(outcome);
  }

  /** Returns what a record cannot exceed, from the lengths of its fields. */
  static long atMost(Outcome outcome) {
    long characters = 2L * outcome.cameraId().length() + outcome.frameId().length();
    characters += outcome.source().topic().length() + characters(outcome.attributes());
    characters += characters(outcome.headers());
    long entries = (long) outcome.attributes().size() + outcome.headers().size();
    long bytes = (long) STAMP_BYTES + FIXED_BYTES;
    if (outcome instanceof LabelledFrame frame) {
      characters += frame.model().name().length() + frame.model().version().length();
      characters += frame.model().sha256().length();
      for (Label label : frame.labels()) {
        characters += label.label().length();
      }
      entries += frame.labels().size();
    } else {
      RejectedFrame frame = (RejectedFrame) outcome;
      characters += frame.reason().length();
      bytes += frame.original().length();
    }
    return bytes + CHARACTER_BYTES * characters + ENTRY_BYTES * entries;
  }

  private static long characters(Map<String, String> texts) {
    long characters = 0;
    for (Map.Entry<String, String> text : texts.entrySet()) {
      characters += text.getKey().length() + text.getValue().length();
    }
    return characters;
  }

  /** Returns the bytes of an outcome's record. */
  int exactly(Outcome outcome) {
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
