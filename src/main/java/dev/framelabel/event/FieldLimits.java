package dev.framelabel.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;

/**
 * Limits for what a sender writes into the fields of an event, in bytes of UTF-8. All fields of a
 * result together take about half of the smallest permitted record, so that a result always fits
 * into its topic. Documented in {@code docs/reference/limits.md}.
 */
public final class FieldLimits {
  /** Camera id, and frame id. */
  public static final int ID_BYTES = 1 << 10;

  public static final int ATTRIBUTES = 100;
  public static final int ATTRIBUTE_KEY_BYTES = 256;
  public static final int ATTRIBUTE_VALUE_BYTES = 4 << 10;

  /** All keys and values together. */
  public static final int ATTRIBUTES_BYTES = 16 << 10;

  public static final int IMAGE_URI_BYTES = 4 << 10;

  /** Headers that go on to the result. */
  public static final int HEADERS = 64;

  /** Name and value of one header. */
  public static final int HEADER_BYTES = 4 << 10;

  /** All names and values together. */
  public static final int HEADERS_BYTES = 8 << 10;

  /** Earliest capture time. */
  public static final Instant EARLIEST = Instant.parse("1990-01-01T00:00:00Z");

  private static final int KEPT_OF_ID = 200;
  private static final int REASON_START = 450;
  private static final int REASON_END = 300;

  private FieldLimits() {}

  /**
   * Returns how many bytes a text takes in UTF-8. An unpaired surrogate counts as 2, although it is
   * written as one byte.
   */
  public static int utf8Bytes(String text) {
    int bytes = text.length();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        bytes += c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
      }
    }
    return bytes;
  }

  /**
   * Returns an id as a rejected frame carries it: one beyond {@link #ID_BYTES} as its first 200
   * characters and the SHA-256 of its UTF-8 bytes, so that it still tells two senders apart.
   */
  static String cutId(String id) {
    return utf8Bytes(id) <= ID_BYTES
        ? id
        : id.substring(0, id.offsetByCodePoints(0, KEPT_OF_ID)) + "... sha256=" + sha256(id);
  }

  /** Returns a reason of at most about 800 characters: a longer one loses its middle. */
  static String cutReason(String reason) {
    int characters = reason.codePointCount(0, reason.length());
    int dropped = characters - REASON_START - REASON_END;
    return dropped <= 0
        ? reason
        : reason.substring(0, reason.offsetByCodePoints(0, REASON_START))
            + "... ("
            + dropped
            + " characters left out) ..."
            + reason.substring(reason.offsetByCodePoints(reason.length(), -REASON_END));
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
