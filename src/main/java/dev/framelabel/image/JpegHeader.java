package dev.framelabel.image;

import dev.framelabel.image.BadImageException.Fault;
import dev.framelabel.image.ImageHeader.ByteReader;
import dev.framelabel.image.ImageHeader.Format;
import dev.framelabel.image.ImageHeader.Jpeg;
import java.nio.ByteBuffer;

/** Reader of the segments of a JPEG file (ITU T.81, annex B) from its first marker to its last. */
final class JpegHeader {
  static final int END_OF_IMAGE = 0xD9;
  static final int START_OF_SCAN = 0xDA;
  static final int RESTART_INTERVAL = 0xDD;
  static final int PROGRESSIVE = 0xC2;
  static final int NO_MARKER = -1;

  private static final int APP1 = 0xE1;
  private static final int SAMPLE_BITS = 8;
  private static final int LARGEST_FACTOR = 4;
  private static final int MOST_COMPONENTS = 4;

  /** Samples of a block, 2 bytes each. */
  private static final long BLOCK_BYTES = 128;

  private final ByteReader in;
  private final ImageLimits limits;
  private int process;
  private int width;
  private int height;
  private int components;
  private int unitWidth;
  private int unitHeight;
  private int blocksOfUnit;
  private int restartInterval;
  private boolean oneScan;
  private boolean exif;
  private int orientation = ExifOrientation.UPRIGHT;
  private int scans;

  private JpegHeader(ByteReader in, ImageLimits limits) {
    this.in = in;
    this.limits = limits;
  }

  static ImageHeader read(ByteReader in, ImageLimits limits) throws BadImageException {
    return new JpegHeader(in, limits).walk();
  }

  private ImageHeader walk() throws BadImageException {
    boolean ended = segments();
    if (width == 0 || scans == 0) {
      throw BadImageException.corrupt("JPEG without a picture: no frame header or no scan");
    }
    return new ImageHeader(
        Format.JPEG,
        width,
        height,
        orientation,
        false,
        ImageHeader.NONE,
        new Jpeg(components, unitWidth, unitHeight, restartInterval, oneScan),
        3,
        coefficientBytes(),
        ended ? in.part(0, in.length()) : withEnd());
  }

  /**
   * Reads all segments.
   *
   * @return whether the file ends as it should; the pixels decide about one that does not
   */
  private boolean segments() throws BadImageException {
    int at = 2;
    while (true) {
      at = nextMarker(in, at);
      if (at == NO_MARKER) {
        if (scans > 0) {
          return false;
        }
        throw BadImageException.corrupt("the JPEG is cut: " + in.length() + " bytes, no picture");
      }
      int marker = in.u8(at - 1);
      if (marker == END_OF_IMAGE) {
        return true;
      }
      if (standsAlone(marker)) {
        continue;
      }
      if (scans > 0 && at + 2 > in.length()) {
        return false;
      }
      int length = in.u16(at);
      if (length < 2 || (isFrameHeader(marker) && width != 0)) {
        if (scans > 0) {
          return false;
        }
        throw BadImageException.corrupt("JPEG segment of length " + length + " at byte " + at);
      }
      segment(marker, at + 2, at + length);
      at += length;
    }
  }

  /**
   * Returns the position after the next marker, or {@link #NO_MARKER}; skips what is not a marker.
   */
  static int nextMarker(ByteReader in, int from) throws BadImageException {
    int at = in.findFF(from);
    while (at + 1 < in.length()) {
      int marker = in.u8(at + 1);
      if (marker != 0 && marker != 0xFF) {
        return at + 2;
      }
      at = in.findFF(at + 1);
    }
    return NO_MARKER;
  }

  static boolean standsAlone(int marker) {
    return (marker >= 0xD0 && marker <= 0xD8) || marker == 0x01;
  }

  static boolean isFrameHeader(int marker) {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
  }

  private void segment(int marker, int at, int to) throws BadImageException {
    if (isFrameHeader(marker)) {
      frame(marker, at);
    } else if (marker == START_OF_SCAN) {
      limits.checkScans(++scans, width, height);
      if (scans == 1) {
        oneScan = process != PROGRESSIVE && in.u8(at) == components;
      }
    } else if (marker == RESTART_INTERVAL && scans == 0) {
      restartInterval = in.u16(at);
    } else if (marker == APP1 && !exif && in.startsWith(at, 'E', 'x', 'i', 'f', 0, 0)) {
      exif = true;
      orientation = ExifOrientation.read(in, at, Math.min(to, in.length()));
    }
  }

  private void frame(int marker, int at) throws BadImageException {
    process = marker;
    int bits = in.u8(at);
    height = in.u16(at + 1);
    width = in.u16(at + 3);
    components = in.u8(at + 5);
    if (marker > PROGRESSIVE || bits != SAMPLE_BITS) {
      throw new BadImageException(
          Fault.UNSUPPORTED_FORMAT,
          String.format(
              "found a JPEG of process %02x with %d bits a sample; expected baseline or"
                  + " progressive with Huffman codes and 8 bits",
              marker, bits));
    }
    ImageLimits.checkSize(width, height);
    if (components < 1 || components > MOST_COMPONENTS) {
      throw BadImageException.corrupt("JPEG of " + components + " components");
    }
    int across = 1;
    int down = 1;
    for (int one = at + 6; one < at + 6 + 3 * components; one += 3) {
      int horizontal = in.u8(one + 1) >> 4;
      int vertical = in.u8(one + 1) & 0xF;
      if (Math.min(horizontal, vertical) < 1 || Math.max(horizontal, vertical) > LARGEST_FACTOR) {
        throw BadImageException.corrupt("JPEG with sampling " + horizontal + " x " + vertical);
      }
      across = Math.max(across, horizontal);
      down = Math.max(down, vertical);
      blocksOfUnit += horizontal * vertical;
    }
    unitWidth = 8 * across;
    unitHeight = 8 * down;
  }

  /**
   * Returns the memory of coefficients, in bytes: a decoder keeps those of the whole picture where
   * a later scan may add to them.
   */
  private long coefficientBytes() {
    long units =
        (long) ((width + unitWidth - 1) / unitWidth) * ((height + unitHeight - 1) / unitHeight);
    return oneScan ? 0 : units * blocksOfUnit * BLOCK_BYTES;
  }

  private ByteBuffer withEnd() throws BadImageException {
    // The check keeps a part of what the decoder would keep.
    limits.checkMemory(Format.JPEG.name(), width, height, coefficientBytes());
    int end = JpegScans.check(in);
    return ByteBuffer.allocate(end + 2)
        .put(in.part(0, end))
        .put((byte) 0xFF)
        .put((byte) END_OF_IMAGE)
        .flip();
  }
}
