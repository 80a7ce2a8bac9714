package dev.framelabel.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

/**
 * A frame's picture as it was sent.
 *
 * @param format how {@code bytes} is to be read
 * @param bytes a whole JPEG, PNG or WebP file, or raw pixels
 * @param width pixels, for {@link Format#RGB24}; 0 for encoded images, whose own header counts
 * @param height pixels, for {@link Format#RGB24}; 0 for encoded images
 */
public record Image(Format format, Bytes bytes, int width, int height) {
  /** Encoding of an image's bytes. */
  public enum Format {
    /** A whole image file that its own header describes. */
    ENCODED,
    /** Rows from the top, 3 bytes (red, green, blue) a pixel, no padding. */
    RGB24,
    /** An image by reference (claim check): its URI in UTF-8, read before the image is decoded. */
    REFERENCE
  }

  public Image {
    requireNonNull(format, "format");
    requireNonNull(bytes, "bytes");
  }

  /** Returns an image by reference. */
  public static Image reference(String uri) {
    return new Image(Format.REFERENCE, Bytes.wrap(uri.getBytes(UTF_8)), 0, 0);
  }

  /** Returns the URI of a {@link Format#REFERENCE}. */
  public String uri() {
    if (format != Format.REFERENCE) {
      throw new IllegalStateException("an image of format " + format + " has no URI");
    }
    return new String(bytes.array(), UTF_8);
  }

  public static Image encoded(byte[] bytes) {
    return encoded(Bytes.wrap(bytes));
  }

  public static Image encoded(Bytes bytes) {
    return new Image(Format.ENCODED, bytes, 0, 0);
  }
}
