package dev.framelabel.kafka;

import dev.framelabel.event.Bytes;
import java.nio.ByteBuffer;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Leaves each record's value where Kafka's client has fetched it, without a copy. Flink's source
 * takes arrays only, so the record's own value is an empty array, and the value itself comes with
 * its headers: ask {@link #of}. It keeps all that was fetched with it from being collected.
 */
public final class FetchedValues implements Deserializer<byte[]> {
  private static final byte[] ELSEWHERE = new byte[0];

  @Override
  public byte[] deserialize(String topic, byte[] data) {
    return data;
  }

  @Override
  public byte[] deserialize(String topic, Headers headers, ByteBuffer data) {
    if (!data.hasArray()) {
      return Deserializer.super.deserialize(topic, headers, data);
    }
    Headers ignored = headers.add(new Value(Bytes.share(data)));
    return ELSEWHERE;
  }

  /**
   * A record's value, with whichever deserializer it was read, or as an interceptor has put it in
   * its place; empty where it has none.
   *
   * @param headers of the record
   * @param own the record's own value, which may be null, as Kafka's may
   */
  public static Bytes of(Headers headers, byte[] own) {
    if (own != ELSEWHERE) {
      return Bytes.ofNullable(own);
    }
    for (Header header : headers) {
      if (header instanceof Value value) {
        return value.bytes();
      }
    }
    throw new IllegalStateException(
        "the value is not among the record's headers; an interceptor (interceptor.classes) has"
            + " taken it away, expected one that leaves headers as they are");
  }

  /** Whether this is no header of the record's, but its value. */
  public static boolean isValue(Header header) {
    return header instanceof Value;
  }

  /** A value among its record's headers. */
  private record Value(Bytes bytes) implements Header {
    @Override
    public String key() {
      return "value";
    }

    @Override
    public byte[] value() {
      return bytes.array();
    }
  }
}
