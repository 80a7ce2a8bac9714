package dev.framelabel.image;

import dev.framelabel.image.ImageHeader.ByteReader;
import dev.framelabel.image.ImageHeader.Format;
import dev.framelabel.image.ImageHeader.Jpeg;
import java.nio.ByteBuffer;

/** Reader of the chunks of a PNG file (W3C PNG, clause 5) that checks their checksums. */
final class PngHeader {
  private static final int SIGNATURE = 8;

  /** Length, type and checksum of a chunk. */
  private static final int FRAME = 12;

  private static final int GREY = 0;
  private static final int GREY_ALPHA = 4;
  private static final int RGB_ALPHA = 6;

  /** Beyond what any decoder takes; keeps products of sides within a long. */
  private static final long LONGEST_SIDE = 1 << 29;

  private final ByteReader in;
  private int width;
  private int height;
  private int depth;
  private int colour;
  private boolean alpha;
  private int transparentGrey = ImageHeader.NONE;
  private boolean exif;
  private int orientation = ExifOrientation.UPRIGHT;
  private boolean data;

  /** Bytes of what the decoder needs. */
  private int needed = SIGNATURE;

  private PngHeader(ByteReader in) {
    this.in = in;
  }

  static ImageHeader read(ByteReader in) throws BadImageException {
    return new PngHeader(in).walk();
  }

  private ImageHeader walk() throws BadImageException {
    int at = SIGNATURE;
    String type;
    do {
      long length = in.u32(at);
      type = in.ascii(at + 4, 4);
      int body = at + 8;
      if (length > in.length() - body - 4L) {
        throw BadImageException.corrupt(
            "the PNG is cut: chunk "
                + type
                + " of "
                + length
                + " bytes at byte "
                + at
                + " of "
                + in.length());
      }
      checkSum(type, body, (int) length);
      chunk(type, body, (int) length);
      at = body + (int) length + 4;
      needed += isNeeded(type) ? (int) length + FRAME : 0;
    } while (!type.equals("IEND"));
    if (width == 0 || !data) {
      throw BadImageException.corrupt("PNG without a picture: no header or no data");
    }
    return new ImageHeader(
        Format.PNG,
        width,
        height,
        orientation,
        alpha,
        transparentGrey,
        Jpeg.NONE,
        pixelBytes(),
        0,
        needed(at));
  }

  private void chunk(String type, int body, int length) throws BadImageException {
    switch (type) {
      case "IHDR" -> {
        width = (int) Math.min(in.u32(body), LONGEST_SIDE);
        height = (int) Math.min(in.u32(body + 4), LONGEST_SIDE);
        ImageLimits.checkSize(width, height);
        depth = in.u8(body + 8);
        colour = in.u8(body + 9);
        alpha = colour == GREY_ALPHA || colour == RGB_ALPHA;
      }
      case "tRNS" -> {
        alpha = true;
        if (colour == GREY && length >= 2) {
          // Fewer bits are decoded to eight.
          int most = (1 << Math.min(depth, 16)) - 1;
          int key = in.u16(body) & most;
          transparentGrey = depth < 8 ? key * 255 / Math.max(1, most) : key;
        }
      }
      case "eXIf" -> {
        if (!exif) {
          orientation = ExifOrientation.read(in, body, body + length);
          exif = true;
        }
      }
      case "IDAT" -> data = true;
      default -> {}
    }
  }

  /**
   * Returns the bytes of a pixel that OpenCV decodes: 3; with transparency all that the file has,
   * grey a copy too.
   */
  private int pixelBytes() {
    if (!alpha) {
      return 3;
    }
    int sample = depth == 16 ? 2 : 1;
    return colour == GREY ? sample + 3 : 4 * sample;
  }

  /**
   * Returns whether the decoder needs the chunk. Others are kept from it: a few bytes of compressed
   * text or of a colour profile unfold to megabytes, and animations would choose another picture.
   */
  private static boolean isNeeded(String type) {
    return Character.isUpperCase(type.charAt(0)) || type.equals("tRNS");
  }

  private ByteBuffer needed(int end) throws BadImageException {
    if (needed == end) {
      return in.part(0, end);
    }
    ByteBuffer bytes = ByteBuffer.allocate(needed).put(in.part(0, SIGNATURE));
    for (int at = SIGNATURE; at < end; ) {
      int chunk = (int) in.u32(at) + FRAME;
      if (isNeeded(in.ascii(at + 4, 4))) {
        bytes.put(in.part(at, chunk));
      }
      at += chunk;
    }
    return bytes.flip();
  }

  private void checkSum(String type, int body, int length) throws BadImageException {
    if (in.crc32(body - 4, length + 4) != in.u32(body + length)) {
      throw BadImageException.corrupt("PNG chunk " + type + " has a wrong checksum");
    }
  }
}
