package dev.framelabel.wire;

import dev.framelabel.event.Bytes;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;

/**
 * Kind of a Kafka value, by its first bytes and its headers, and the start of its body.
 *
 * <p>No two kinds can be taken for one another. A bare image event begins with the length of a
 * camera id, a positive zig-zag number: an even byte, or bytes whose first is even. C3, FF and 89,
 * with which the others begin, are odd; and 00 is the length of an empty camera id, which no event
 * may have. Registries count their ids from 1, so that four bytes of 00 after the first are the
 * upper half of an 8-byte id.
 */
record Envelope(Kind kind, Optional<SchemaId> schema, int bodyAt) {
  private static final String GLOBAL_ID = "apicurio.value.globalId";
  private static final String CONTENT_ID = "apicurio.value.contentId";
  private static final byte[] JPEG = {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF};
  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', 0x0D, 0x0A, 0x1A, 0x0A};
  private static final byte[] SINGLE = {(byte) 0xC3, 0x01};
  private static final int SHORT_ID_END = 5;
  private static final int LONG_ID_END = 9;
  private static final int SINGLE_OBJECT_HEADER = 10;

  /** Position of the schema's fingerprint in a single object. */
  static final int FINGERPRINT_AT = 2;

  /** The ways to write a frame. */
  enum Kind {
    SINGLE_OBJECT("Avro's single-object encoding"),
    PLAIN("bare Avro"),
    CONFLUENT("Avro behind a 4-byte schema id"),
    APICURIO("Avro behind Apicurio's schema id"),
    IMAGE("a bare image");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }
  }

  /**
   * Finds out the format of a value; decodes no Avro.
   *
   * @param value from position 0 to the limit
   */
  static Envelope of(ByteBuffer value, Map<String, Bytes> headers) {
    Optional<SchemaId> named =
        headerId(headers, GLOBAL_ID, SchemaId.Kind.GLOBAL)
            .or(() -> headerId(headers, CONTENT_ID, SchemaId.Kind.CONTENT));
    if (named.isPresent()) {
      return new Envelope(Kind.APICURIO, named, 0);
    }
    if (startsWith(value, SINGLE) && value.limit() >= SINGLE_OBJECT_HEADER) {
      return new Envelope(Kind.SINGLE_OBJECT, Optional.empty(), SINGLE_OBJECT_HEADER);
    }
    if (startsWith(value, JPEG) || startsWith(value, PNG)) {
      return new Envelope(Kind.IMAGE, Optional.empty(), 0);
    }
    return value.limit() >= SHORT_ID_END && value.get(0) == 0
        ? registered(value)
        : new Envelope(Kind.PLAIN, Optional.empty(), 0);
  }

  private static Envelope registered(ByteBuffer value) {
    long shortId = Integer.toUnsignedLong(value.getInt(1));
    if (shortId != 0) {
      return new Envelope(
          Kind.CONFLUENT, Optional.of(new SchemaId(SchemaId.Kind.CONTENT, shortId)), SHORT_ID_END);
    }
    return value.limit() < LONG_ID_END
        ? new Envelope(Kind.PLAIN, Optional.empty(), 0)
        : new Envelope(
            Kind.APICURIO,
            Optional.of(new SchemaId(SchemaId.Kind.GLOBAL, value.getLong(1))),
            LONG_ID_END);
  }

  private static Optional<SchemaId> headerId(
      Map<String, Bytes> headers, String name, SchemaId.Kind kind) {
    return Optional.ofNullable(headers.get(name))
        .filter(bytes -> bytes.length() == Long.BYTES)
        .map(bytes -> new SchemaId(kind, bytes.buffer().getLong()));
  }

  private static boolean startsWith(ByteBuffer value, byte[] start) {
    return value.limit() >= start.length
        && value.slice(0, start.length).equals(ByteBuffer.wrap(start));
  }
}
