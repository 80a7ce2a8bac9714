package dev.framelabel.image;

import dev.framelabel.image.ImageHeader.ByteReader;
import dev.framelabel.image.ImageHeader.Format;

/** Walks the segments of a JPEG file (ITU T.81, annex B) from its first marker to its last. */
final class JpegHeader {
  private static final int END_OF_IMAGE = 0xD9;
  private static final int START_OF_SCAN = 0xDA;
  private static final int APP1 = 0xE1;
  private static final int EXIF_ORIENTATION = 0x0112;

  private final ByteReader in;
  private final ImageLimits limits;
  private int width;
  private int height;
  private int components;
  private int orientation = 1;
  private int scans;

  private JpegHeader(ByteReader in, ImageLimits limits) {
    this.in = in;
    this.limits = limits;
  }

  static ImageHeader read(ByteReader in, ImageLimits limits) throws BadImageException {
    return new JpegHeader(in, limits).walk();
  }

  private ImageHeader walk() throws BadImageException {
    int at = 2;
    while (true) {
      at = nextMarker(at);
      int marker = in.u8(at - 1);
      if (marker == END_OF_IMAGE) {
        break;
      }
      if (standsAlone(marker)) {
        continue;
      }
      int length = in.u16(at);
      if (length < 2) {
        throw BadImageException.corrupt("JPEG segment of length " + length + " at byte " + at);
      }
      segment(marker, at + 2);
      at += length;
    }
    if (width == 0 || scans == 0) {
      throw BadImageException.corrupt("JPEG without a picture: no frame header or no scan");
    }
    return new ImageHeader(Format.JPEG, width, height, orientation, false, components);
  }

  /** The position after the next marker; skips what is not a marker, such as the data of a scan. */
  private int nextMarker(int from) throws BadImageException {
    int at = in.findFF(from);
    while (at + 1 < in.length()) {
      int marker = in.u8(at + 1);
      if (marker != 0 && marker != 0xFF) {
        return at + 2;
      }
      at = in.findFF(at + 1);
    }
    throw BadImageException.corrupt(
        "the JPEG is cut: " + in.length() + " bytes without an end-of-image marker");
  }

  private static boolean standsAlone(int marker) {
    return (marker >= 0xD0 && marker <= 0xD8) || marker == 0x01;
  }

  private void segment(int marker, int at) throws BadImageException {
    if (isFrameHeader(marker)) {
      if (width != 0) {
        throw BadImageException.corrupt("JPEG with two frame headers");
      }
      height = in.u16(at + 1);
      width = in.u16(at + 3);
      components = in.u8(at + 5);
      limits.checkSize(width, height);
    } else if (marker == START_OF_SCAN) {
      limits.checkScans(++scans, width, height);
    } else if (marker == APP1 && in.startsWith(at, 'E', 'x', 'i', 'f', 0, 0)) {
      orientation = exifOrientation(at + 6);
    }
  }

  private static boolean isFrameHeader(int marker) {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
  }

  /** The orientation entry of the first Exif directory, 1 where there is none. */
  private int exifOrientation(int tiff) throws BadImageException {
    boolean little = in.startsWith(tiff, 'I', 'I');
    long directory = tiff + (little ? in.u32le(tiff + 4) : in.u32(tiff + 4));
    if (directory + 2 > in.length()) {
      return 1;
    }
    int start = (int) directory;
    int entries = little ? in.u16le(start) : in.u16(start);
    for (int i = 0; i < entries; i++) {
      int entry = start + 2 + 12 * i;
      if (entry + 12 > in.length()) {
        return 1;
      }
      if ((little ? in.u16le(entry) : in.u16(entry)) == EXIF_ORIENTATION) {
        int value = little ? in.u16le(entry + 8) : in.u16(entry + 8);
        return value >= 1 && value <= 8 ? value : 1;
      }
    }
    return 1;
  }
}
