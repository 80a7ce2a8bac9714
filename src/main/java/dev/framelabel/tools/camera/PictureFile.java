package dev.framelabel.tools.camera;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.framelabel.image.ImageHeader.Format;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/** What the bytes of a file say about it: which picture it is, or what it is instead. */
final class PictureFile {
  /** The bytes at the beginning of a file that {@link #format} looks at. */
  static final int START = 12;

  /** The bytes at the beginning of a file that {@link #describe} shows at most. */
  private static final int SHOWN = 40;

  private static final int RIFF_HEADER = 8;
  private static final int SHOWN_AS_HEX = 8;

  private PictureFile() {}

  /** Returns the format that a file begins as; empty if it is no picture that can be published. */
  static Optional<Format> format(byte[] file) {
    if (has(file, 0, 0xFF, 0xD8, 0xFF)) {
      return Optional.of(Format.JPEG);
    }
    if (has(file, 0, 0x89, 'P', 'N', 'G')) {
      return Optional.of(Format.PNG);
    }
    return has(file, 0, 'R', 'I', 'F', 'F') && has(file, RIFF_HEADER, 'W', 'E', 'B', 'P')
        ? Optional.of(Format.WEBP)
        : Optional.empty();
  }

  /** Returns whether a file begins as a picture and ends as one of that format. */
  static boolean isWhole(byte[] file) {
    return format(file).filter(format -> endsAs(format, file)).isPresent();
  }

  private static boolean endsAs(Format format, byte[] file) {
    return switch (format) {
      case JPEG -> has(file, file.length - 2, 0xFF, 0xD9);
      case PNG -> has(file, file.length - 8, 'I', 'E', 'N', 'D', 0xAE, 0x42, 0x60, 0x82);
      case WEBP ->
          ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(4)
              == file.length - RIFF_HEADER;
    };
  }

  private static boolean has(byte[] file, int at, int... expected) {
    boolean same = at >= 0 && file.length >= at + expected.length;
    for (int i = 0; same && i < expected.length; i++) {
      same = (file[at + i] & 0xFF) == expected[i];
    }
    return same;
  }

  /**
   * Returns what comes instead of a picture; empty if a picture comes. Looks at the first bytes
   * only: what is no picture may have no end.
   *
   * @param type as the sender announces it; empty where there is none
   * @param size of all that comes; -1 if it is not known
   */
  static Optional<String> foundInstead(BufferedInputStream in, String type, long size)
      throws IOException {
    if (format(peek(in, START)).isPresent()) {
      return Optional.empty();
    }
    byte[] start = peek(in, SHOWN);
    long known = size < 0 && start.length < SHOWN ? start.length : size;
    return Optional.of(describe(type, known, start));
  }

  /** Returns the next bytes, fewer only at the end, and leaves them there. */
  static byte[] peek(BufferedInputStream in, int bytes) throws IOException {
    in.mark(bytes);
    byte[] next = in.readNBytes(bytes);
    in.reset();
    return next;
  }

  /** Returns type, size and beginning of what is no picture. */
  static String describe(String type, long size, byte[] start) {
    return (type.isEmpty() ? "" : type + ", ")
        + (size < 0 ? "of unknown length" : size + " bytes")
        + (start.length == 0 ? "" : ", begins with " + shown(start));
  }

  /** Returns what a camera should send, and what to do about one that sends something else. */
  static String expected(String type) {
    String lower = type.toLowerCase(Locale.ROOT);
    String cure =
        lower.startsWith("video/")
            ? "Choose MJPEG in the camera, or give its RTSP address"
            : lower.startsWith("image/")
                ? "Choose JPEG in the camera"
                : "Check the address of the picture, and whether the camera asks for a login";
    return "; expected a JPEG, PNG or WebP picture. " + cure;
  }

  private static String shown(byte[] start) {
    String text = new String(start, 0, Math.min(SHOWN, start.length), ISO_8859_1).strip();
    boolean readable =
        text.chars().allMatch(c -> (c >= ' ' && c < 0x7F) || Character.isWhitespace(c));
    return readable && !text.isEmpty()
        ? text.replaceAll("\\s+", " ")
        : HexFormat.ofDelimiter(" ")
            .withUpperCase()
            .formatHex(Arrays.copyOf(start, Math.min(SHOWN_AS_HEX, start.length)));
  }
}
