package dev.framelabel.kafka.sink.commit;

import static java.util.Objects.requireNonNull;

import dev.framelabel.event.Outcome;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Records of outcomes, each with a header that names the writer instance that wrote it. */
public final class StampedRecords<T extends Outcome>
    implements KafkaRecordSerializationSchema<StampedOutcome<T>> {
  private static final long serialVersionUID = 1L;

  private final KafkaRecordSerializationSchema<T> records;

  public StampedRecords(KafkaRecordSerializationSchema<T> records) {
    this.records = requireNonNull(records, "records");
  }

  @Override
  public void open(SerializationSchema.InitializationContext context, KafkaSinkContext sinkContext)
      throws Exception {
    records.open(context, sinkContext);
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      StampedOutcome<T> stamped, KafkaSinkContext context, Long timestamp) {
    ProducerRecord<byte[], byte[]> result =
        records.serialize(stamped.outcome(), context, timestamp);
    ResultHeaders.stamp(result.headers(), stamped.writer());
    return result;
  }
}
