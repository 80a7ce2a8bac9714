package dev.framelabel.image;

import dev.framelabel.image.ImageHeader.ByteReader;
import dev.framelabel.image.ImageHeader.Format;

/** Walks the chunks of a PNG file (W3C PNG, clause 5) and checks their checksums. */
final class PngHeader {
  private static final int GREY_ALPHA = 4;
  private static final int RGB_ALPHA = 6;

  private PngHeader() {}

  static ImageHeader read(ByteReader in, ImageLimits limits) throws BadImageException {
    int width = 0;
    int height = 0;
    boolean alpha = false;
    boolean data = false;
    int at = 8;
    while (true) {
      long length = in.u32(at);
      String type = in.ascii(at + 4, 4);
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
      checkSum(in, type, body, (int) length);
      switch (type) {
        case "IHDR" -> {
          width = size(in.u32(body));
          height = size(in.u32(body + 4));
          limits.checkSize(width, height);
          int colour = in.u8(body + 9);
          alpha = colour == GREY_ALPHA || colour == RGB_ALPHA;
        }
        case "tRNS" -> alpha = true;
        case "IDAT" -> data = true;
        case "IEND" -> {
          if (width == 0 || !data) {
            throw BadImageException.corrupt("PNG without a picture: no header or no data");
          }
          return new ImageHeader(Format.PNG, width, height, 1, alpha, 0);
        }
        default -> {}
      }
      at = body + (int) length + 4;
    }
  }

  private static int size(long pixels) {
    return (int) Math.min(pixels, Integer.MAX_VALUE);
  }

  private static void checkSum(ByteReader in, String type, int body, int length)
      throws BadImageException {
    if (in.crc32(body - 4, length + 4) != in.u32(body + length)) {
      throw BadImageException.corrupt("PNG chunk " + type + " has a wrong checksum");
    }
  }
}
