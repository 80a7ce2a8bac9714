package dev.framelabel.event;

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
  /** How an image's bytes are to be read. */
  public enum Format {
    /** A whole image file that its own header describes. */
    ENCODED,
    /** Rows from the top, 3 bytes (red, green, blue) a pixel, no padding. */
    RGB24
  }

  public Image {
    requireNonNull(format, "format");
    requireNonNull(bytes, "bytes");
  }

  public static Image encoded(byte[] bytes) {
    return new Image(Format.ENCODED, Bytes.wrap(bytes), 0, 0);
  }
}
