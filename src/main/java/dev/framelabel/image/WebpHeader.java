package dev.framelabel.image;

import dev.framelabel.image.ImageHeader.ByteReader;
import dev.framelabel.image.ImageHeader.Format;

/** Reads the first chunk of a WebP file (RFC 9649) and checks that the file is whole. */
final class WebpHeader {
  private static final int ALPHA_FLAG = 0x10;

  private WebpHeader() {}

  static ImageHeader read(ByteReader in, ImageLimits limits) throws BadImageException {
    long declared = in.u32le(4) + 8;
    if (declared > in.length()) {
      throw BadImageException.corrupt(
          "the WebP is cut: " + in.length() + " bytes; its header says " + declared);
    }
    ImageHeader header = firstChunk(in);
    limits.checkSize(header.width(), header.height());
    return header;
  }

  private static ImageHeader firstChunk(ByteReader in) throws BadImageException {
    String type = in.ascii(12, 4);
    return switch (type) {
      case "VP8 " -> header(in.u16le(26) & 0x3FFF, in.u16le(28) & 0x3FFF, false);
      case "VP8L" -> {
        long bits = in.u32le(21);
        yield header(
            (int) (bits & 0x3FFF) + 1, (int) (bits >> 14 & 0x3FFF) + 1, (bits >> 28 & 1) == 1);
      }
      case "VP8X" -> header(in.u24le(24) + 1, in.u24le(27) + 1, (in.u8(20) & ALPHA_FLAG) != 0);
      default -> throw BadImageException.corrupt("WebP with first chunk '" + type + "'");
    };
  }

  private static ImageHeader header(int width, int height, boolean alpha) {
    return new ImageHeader(Format.WEBP, width, height, 1, alpha, 0);
  }
}
