package dev.framelabel.image;

import dev.framelabel.image.BadImageException.Fault;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * Header of an image file, read without decoding a pixel.
 *
 * @param format the kind of file
 * @param width pixels, as stored (before {@code orientation} is applied)
 * @param height pixels, as stored
 * @param orientation Exif orientation, 1 to 8; 5 and above swap width and height
 * @param alpha whether the file has transparency
 * @param transparentGrey the sample of a grey PNG that stands for no light, {@link #NONE}: none
 * @param jpeg how a JPEG is coded
 * @param pixelBytes memory that each decoded pixel takes, at most
 * @param coefficientBytes memory that a JPEG takes beside its pixels, whatever its reduction
 * @param encoded what the decoder is given: the file, or the part of it that holds the picture
 */
public record ImageHeader(
    Format format,
    int width,
    int height,
    int orientation,
    boolean alpha,
    int transparentGrey,
    Jpeg jpeg,
    int pixelBytes,
    long coefficientBytes,
    ByteBuffer encoded) {
  static final int NONE = -1;

  /**
   * Coding of a JPEG.
   *
   * @param components 1 grey, 3 colour, 4 the inks of a printer; 0 for other formats
   * @param unitWidth pixels of a minimum coded unit
   * @param unitHeight pixels of a minimum coded unit
   * @param restartInterval units between restart markers; 0: none
   * @param oneScan whether each unit is whole before the next begins: neither progressive nor in a
   *     scan for each component
   */
  record Jpeg(int components, int unitWidth, int unitHeight, int restartInterval, boolean oneScan) {
    static final Jpeg NONE = new Jpeg(0, 1, 1, 0, true);
  }

  /** The kinds of image files that are read. */
  public enum Format {
    JPEG,
    PNG,
    WEBP
  }

  /**
   * Reads the header and checks that the file is whole and within the limits.
   *
   * @param file what remains of a buffer over an array; its position stays
   * @throws BadImageException if the file is none of the formats, is cut or damaged, or exceeds a
   *     limit
   */
  public static ImageHeader read(ByteBuffer file, ImageLimits limits) throws BadImageException {
    limits.checkBytes(file.remaining());
    ByteReader in = new ByteReader(file);
    if (in.startsWith(0, 0xFF, 0xD8)) {
      return JpegHeader.read(in, limits);
    }
    if (in.startsWith(0, 0x89, 'P', 'N', 'G')) {
      return PngHeader.read(in);
    }
    if (in.startsWith(0, 'R', 'I', 'F', 'F') && in.startsWith(8, 'W', 'E', 'B', 'P')) {
      return WebpHeader.read(in);
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
    private static final VarHandle EIGHT_BYTES =
        MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private final byte[] bytes;
    private final int start;
    private final int length;

    ByteReader(ByteBuffer file) {
      this.bytes = file.array();
      this.start = file.arrayOffset() + file.position();
      this.length = file.remaining();
    }

    int length() {
      return length;
    }

    /** Returns a view of {@code count} bytes. */
    ByteBuffer part(int at, int count) {
      return ByteBuffer.wrap(bytes, start + at, count).slice();
    }

    /** Returns the position of the next FF byte; the length where there is none. */
    int findFF(int from) {
      int end = start + length;
      int at = start + from;
      while (at + Long.BYTES <= end && !hasFF((long) EIGHT_BYTES.get(bytes, at))) {
        at += Long.BYTES;
      }
      while (at < end && bytes[at] != (byte) 0xFF) {
        at++;
      }
      return at - start;
    }

    /**
     * Returns whether one of eight bytes is FF: 00 in the complement, where only that byte borrows.
     */
    private static boolean hasFF(long eight) {
      return ((~eight - 0x0101010101010101L) & eight & 0x8080808080808080L) != 0;
    }

    boolean startsWith(int at, int... expected) {
      if (at + expected.length > length) {
        return false;
      }
      for (int i = 0; i < expected.length; i++) {
        if ((bytes[start + at + i] & 0xFF) != expected[i]) {
          return false;
        }
      }
      return true;
    }

    /** Returns a byte that is known to be within. */
    int at(int place) {
      return bytes[start + place] & 0xFF;
    }

    int u8(int at) throws BadImageException {
      if (at < 0 || at >= length) {
        throw BadImageException.corrupt("the image is cut: it ends after " + length + " bytes");
      }
      return bytes[start + at] & 0xFF;
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

    long crc32(int at, int count) {
      CRC32 crc = new CRC32();
      crc.update(bytes, start + at, count);
      return crc.getValue();
    }

    String ascii(int at, int count) {
      int end = Math.min(length, at + count);
      return at >= end ? "" : new String(bytes, start + at, end - at, StandardCharsets.ISO_8859_1);
    }

    String hex(int at, int count) {
      StringBuilder text = new StringBuilder();
      for (int i = at; i < Math.min(length, at + count); i++) {
        text.append(String.format("%s%02x", i == at ? "" : " ", bytes[start + i]));
      }
      return text.toString();
    }
  }
}
