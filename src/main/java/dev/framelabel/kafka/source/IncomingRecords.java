package dev.framelabel.kafka.source;

import dev.framelabel.event.Bytes;
import dev.framelabel.event.SourcePosition;
import dev.framelabel.wire.IncomingFrame;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** Converter of Kafka's records to those of the frames topic. */
public final class IncomingRecords {
  private IncomingRecords() {}

  public static IncomingFrame frame(ConsumerRecord<byte[], byte[]> entry) {
    return new IncomingFrame(
        Bytes.ofNullable(entry.key()),
        Bytes.ofNullable(entry.value()),
        headers(entry),
        Instant.ofEpochMilli(entry.timestamp()),
        new SourcePosition(entry.topic(), entry.partition(), entry.offset()));
  }

  private static Map<String, Bytes> headers(ConsumerRecord<byte[], byte[]> entry) {
    Map<String, Bytes> headers = new HashMap<>();
    for (Header header : entry.headers()) {
      headers.put(header.key(), Bytes.ofNullable(header.value()));
    }
    return headers;
  }
}
