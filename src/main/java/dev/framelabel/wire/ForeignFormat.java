package dev.framelabel.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Guess at what a sender has written instead of a frame, for the reason of its rejection. */
final class ForeignFormat {
  private static final int LOOKED_AT = 64;
  private static final Pattern JSON =
      Pattern.compile("(\u00EF\u00BB\u00BF)?\\s*[{\\[][\\s\\x20-\\xFF]*");
  private static final Pattern BASE64 =
      Pattern.compile(
          "\\s*\"?(data:image/[a-z+]+;base64,)?(/9j/|iVBORw0KGgo|UklGR)[A-Za-z0-9+/=_\\s-]*\"?");

  /** What values begin with, a character for each byte. */
  private static final Map<String, String> BEGINNINGS = new LinkedHashMap<>();

  static {
    BEGINNINGS.put("Obj\1", "an Avro container file (one record of it makes a value)");
    BEGINNINGS.put("GIF8", "a GIF");
    BEGINNINGS.put("%PDF", "a PDF");
    BEGINNINGS.put("<", "XML or HTML");
    BEGINNINGS.put("\u001F\u008B", "gzip (Kafka's compression.type compresses what may be read)");
  }

  private static final long NO_NUMBER = Long.MIN_VALUE;
  private static final int VARINT = 0;
  private static final int EIGHT_BYTES = 1;
  private static final int BYTES = 2;
  private static final int FOUR_BYTES = 5;

  private ForeignFormat() {}

  /** Returns what a value looks like; empty where nothing is recognised. */
  static String of(ByteBuffer value) {
    byte[] start = new byte[Math.min(LOOKED_AT, value.remaining())];
    value.get(value.position(), start);
    String text = new String(start, ISO_8859_1);
    if (JSON.matcher(text).matches()) {
      return "JSON";
    }
    if (BASE64.matcher(text).matches()) {
      return "base64 of an image";
    }
    for (Map.Entry<String, String> beginning : BEGINNINGS.entrySet()) {
      if (text.startsWith(beginning.getKey())) {
        return beginning.getValue();
      }
    }
    // Behind a schema id, protobuf has a list first that says which message it is: mostly one 0.
    boolean list = start.length > 0 && start[0] == 0;
    ByteBuffer fields = value.duplicate().position(value.position() + (list ? 1 : 0));
    return isProtobuf(fields) ? "protobuf" : "";
  }

  /** Returns whether a value is fields of protobuf to its last byte, one of them text or bytes. */
  private static boolean isProtobuf(ByteBuffer value) {
    boolean bytes = false;
    while (value.hasRemaining()) {
      long tag = varint(value);
      long length =
          switch ((int) (tag & 7)) {
            case VARINT -> varint(value) == NO_NUMBER ? -1 : 0;
            case EIGHT_BYTES -> Long.BYTES;
            case BYTES -> varint(value);
            case FOUR_BYTES -> Integer.BYTES;
            default -> -1;
          };
      if (tag >> 3 < 1 || length < 0 || length > value.remaining()) {
        return false;
      }
      bytes |= (tag & 7) == BYTES && length > 0;
      value.position(value.position() + (int) length);
    }
    return bytes;
  }

  /** Returns the next number, {@link #NO_NUMBER} if there is none. */
  private static long varint(ByteBuffer value) {
    long number = 0;
    for (int shift = 0; shift < Long.SIZE && value.hasRemaining(); shift += 7) {
      byte next = value.get();
      number |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return number;
      }
    }
    return NO_NUMBER;
  }
}
