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
 *
 * <p>A WebP file begins with R, an even byte. As a bare event that is a camera id of 41 bytes,
 * which begins with "IFF", four bytes and "WEBP": an id that a camera may have. So such a value is
 * a picture only where it is no whole event, which its reader finds out: see {@link #isWebp}.
 */
record Envelope(Kind kind, Optional<SchemaId> schema, int bodyAt) {
  private static final String GLOBAL_ID = "apicurio.value.globalId";
  private static final String CONTENT_ID = "apicurio.value.contentId";
  private static final byte[] JPEG = {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF};
  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', 0x0D, 0x0A, 0x1A, 0x0A};
  private static final byte[] RIFF = {'R', 'I', 'F', 'F'};
  private static final byte[] WEBP = {'W', 'E', 'B', 'P'};
  private static final int WEBP_AT = 8;
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
    if (has(value, 0, SINGLE) && value.limit() >= SINGLE_OBJECT_HEADER) {
      return new Envelope(Kind.SINGLE_OBJECT, Optional.empty(), SINGLE_OBJECT_HEADER);
    }
    if (has(value, 0, JPEG) || has(value, 0, PNG)) {
      return new Envelope(Kind.IMAGE, Optional.empty(), 0);
    }
    return value.limit() >= SHORT_ID_END && value.get(0) == 0
        ? registered(value)
        : new Envelope(Kind.PLAIN, Optional.empty(), 0);
  }

  /** Returns whether a value begins as a WebP file does. An event may begin so too. */
  static boolean isWebp(ByteBuffer value) {
    return has(value, 0, RIFF) && has(value, WEBP_AT, WEBP);
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

  private static boolean has(ByteBuffer value, int at, byte[] expected) {
    return value.limit() >= at + expected.length
        && value.slice(at, expected.length).equals(ByteBuffer.wrap(expected));
  }
}
