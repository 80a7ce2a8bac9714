package dev.framelabel.image;

import dev.framelabel.image.ImageHeader.ByteReader;
import dev.framelabel.image.ImageHeader.Format;
import dev.framelabel.image.ImageHeader.Jpeg;

/** Reader of the chunks of a WebP file (RFC 9649) that checks that the file is whole. */
final class WebpHeader {
  private static final int ALPHA_FLAG = 0x10;
  private static final int FIRST_CHUNK = 12;

  private final ByteReader in;
  private final int end;
  private int width;
  private int height;
  private boolean alpha;
  private boolean lossless;
  private boolean animated;
  private boolean exif;
  private int orientation = ExifOrientation.UPRIGHT;

  private WebpHeader(ByteReader in, int end) {
    this.in = in;
    this.end = end;
  }

  static ImageHeader read(ByteReader in) throws BadImageException {
    long declared = in.u32le(4) + 8;
    if (declared > in.length()) {
      throw BadImageException.corrupt(
          "the WebP is cut: " + in.length() + " bytes; its header says " + declared);
    }
    return new WebpHeader(in, (int) declared).walk();
  }

  private ImageHeader walk() throws BadImageException {
    String first = in.ascii(FIRST_CHUNK, 4);
    switch (first) {
      case "VP8 " -> size(in.u16le(26) & 0x3FFF, in.u16le(28) & 0x3FFF);
      case "VP8L" -> {
        long bits = in.u32le(21);
        size((int) (bits & 0x3FFF) + 1, (int) (bits >> 14 & 0x3FFF) + 1);
      }
      case "VP8X" -> {
        size(in.u24le(24) + 1, in.u24le(27) + 1);
        alpha = (in.u8(20) & ALPHA_FLAG) != 0;
      }
      default -> throw BadImageException.corrupt("WebP with first chunk '" + first + "'");
    }
    for (long at = FIRST_CHUNK; at + 8 <= end; ) {
      long length = in.u32le((int) at + 4);
      chunk(in.ascii((int) at, 4), (int) at + 8, (int) Math.min(end, at + 8 + length));
      at += 8 + length + (length & 1);
    }
    return new ImageHeader(
        Format.WEBP,
        width,
        height,
        orientation,
        alpha,
        ImageHeader.NONE,
        Jpeg.NONE,
        pixelBytes(),
        0,
        in.part(0, in.length()));
  }

  private void size(int wide, int high) throws BadImageException {
    width = wide;
    height = high;
    ImageLimits.checkSize(width, height);
  }

  private void chunk(String type, int body, int to) throws BadImageException {
    switch (type) {
      case "VP8L" -> {
        lossless = true;
        alpha |= (in.u8(body + 4) & ALPHA_FLAG) != 0;
      }
      case "ALPH" -> alpha = true;
      case "ANIM" -> animated = true;
      case "EXIF" -> {
        if (!exif) {
          orientation = ExifOrientation.read(in, body, to);
          exif = true;
        }
      }
      default -> {}
    }
  }

  /**
   * Returns the bytes of a decoded pixel, with what libwebp keeps beside it: another picture, or
   * the transparency.
   */
  private int pixelBytes() {
    int own = alpha ? 4 : 3;
    if (animated) {
      return own + 12;
    }
    return own + (lossless ? 4 : alpha ? 5 : 0);
  }
}
