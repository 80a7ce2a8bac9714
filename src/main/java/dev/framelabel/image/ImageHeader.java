package dev.framelabel.image;

import dev.framelabel.image.BadImageException.Fault;
import java.nio.charset.StandardCharsets;

/**
 * What an image file says of itself, read without decoding a pixel.
 *
 * @param format the kind of file
 * @param width pixels, as stored (before {@code orientation} is applied)
 * @param height pixels, as stored
 * @param orientation Exif orientation, 1 to 8; 5 and above swap width and height
 * @param alpha whether the file has transparency
 * @param components of a JPEG: 1 grey, 3 colour, 4 the inks of a printer; 0 for other formats
 */
public record ImageHeader(
    Format format, int width, int height, int orientation, boolean alpha, int components) {
  /** The kinds of image files that are read. */
  public enum Format {
    JPEG,
    PNG,
    WEBP
  }

  /**
   * Reads the header and checks that the file is whole and within the limits.
   *
   * @throws BadImageException if the file is none of the formats, is cut or damaged, or exceeds a
   *     limit
   */
  public static ImageHeader read(byte[] file, ImageLimits limits) throws BadImageException {
    limits.checkBytes(file.length);
    ByteReader in = new ByteReader(file);
    if (in.startsWith(0, 0xFF, 0xD8)) {
      return JpegHeader.read(in, limits);
    }
    if (in.startsWith(0, 0x89, 'P', 'N', 'G')) {
      return PngHeader.read(in, limits);
    }
    if (in.startsWith(0, 'R', 'I', 'F', 'F') && in.startsWith(8, 'W', 'E', 'B', 'P')) {
      return WebpHeader.read(in, limits);
    }
    throw unsupported(in);
  }

  private static BadImageException unsupported(ByteReader in) {
    String expected = "; expected JPEG, PNG or WebP";
    if (in.length() == 0) {
      return BadImageException.corrupt("image of 0 bytes" + expected);
    }
    return new BadImageException(Fault.UNSUPPORTED_FORMAT, "found " + guess(in) + expected);
  }

  private static String guess(ByteReader in) {
    if (in.startsWith(0, 'G', 'I', 'F', '8')) {
      return "a GIF";
    }
    if (in.startsWith(0, 'B', 'M')) {
      return "a BMP";
    }
    if (in.startsWith(0, 'I', 'I', '*', 0) || in.startsWith(0, 'M', 'M', 0, '*')) {
      return "a TIFF";
    }
    if (in.startsWith(0, '%', 'P', 'D', 'F')) {
      return "a PDF";
    }
    if (in.startsWith(4, 'f', 't', 'y', 'p')) {
      return "a video or HEIF/AVIF file";
    }
    return "bytes that begin with " + in.hex(0, 8);
  }

  /**
   * Bounds-checked big-endian and little-endian reads: past the end means that the image is cut.
   */
  static final class ByteReader {
    private final byte[] bytes;

    ByteReader(byte[] bytes) {
      this.bytes = bytes;
    }

    byte[] bytes() {
      return bytes;
    }

    int length() {
      return bytes.length;
    }

    boolean startsWith(int at, int... expected) {
      if (at + expected.length > bytes.length) {
        return false;
      }
      for (int i = 0; i < expected.length; i++) {
        if ((bytes[at + i] & 0xFF) != expected[i]) {
          return false;
        }
      }
      return true;
    }

    int u8(int at) throws BadImageException {
      if (at < 0 || at >= bytes.length) {
        throw BadImageException.corrupt(
            "the image is cut: it ends after " + bytes.length + " bytes");
      }
      return bytes[at] & 0xFF;
    }

    int u16(int at) throws BadImageException {
      return u8(at) << 8 | u8(at + 1);
    }

    int u16le(int at) throws BadImageException {
      return u8(at) | u8(at + 1) << 8;
    }

    int u24le(int at) throws BadImageException {
      return u16le(at) | u8(at + 2) << 16;
    }

    long u32(int at) throws BadImageException {
      return (long) u16(at) << 16 | u16(at + 2);
    }

    long u32le(int at) throws BadImageException {
      return u16le(at) | (long) u16le(at + 2) << 16;
    }

    String ascii(int at, int length) {
      int end = Math.min(bytes.length, at + length);
      return at >= end ? "" : new String(bytes, at, end - at, StandardCharsets.ISO_8859_1);
    }

    String hex(int at, int length) {
      StringBuilder text = new StringBuilder();
      for (int i = at; i < Math.min(bytes.length, at + length); i++) {
        text.append(String.format("%s%02x", i == at ? "" : " ", bytes[i]));
      }
      return text.toString();
    }
  }
}
