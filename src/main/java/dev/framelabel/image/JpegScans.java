package dev.framelabel.image;

import dev.framelabel.image.ImageHeader.ByteReader;
import java.util.Arrays;

/**
 * Check of a JPEG's scans that reads their codes, without the pixels, to tell whether all rows are
 * there. Bytes that belong to nothing before a marker or behind the last row are no damage. Takes
 * half of the time of decoding, or more: for files that a decoder is in doubt about.
 */
final class JpegScans {
  private static final int TABLES = 0xC4;
  private static final int LAST = 63;
  private static final int SIXTEEN_ZEROS = 0xF0;

  private final ByteReader in;
  private final JpegCodes.Table[] dc = new JpegCodes.Table[4];
  private final JpegCodes.Table[] ac = new JpegCodes.Table[4];
  private Component[] components = {};
  private int height;
  private int unitHeight;
  private int unitsAcross;
  private int unitsDown;
  private boolean progressive;
  private int restartInterval;
  private JpegCodes codes;
  private int endOfBand;

  private JpegScans(ByteReader in) {
    this.in = in;
  }

  /** One colour, and the coefficients that came for it. */
  private static final class Component {
    final int id;
    final int across;
    final int down;

    /** For each coefficient in zigzag order: lowest bit that came; -1: none did. */
    final int[] bit = new int[LAST + 1];

    int blocksAcross;
    int blocksDown;
    int stride;

    /** For each block, the coefficients that are not zero: refinements depend on them. */
    long[] nonZero = {};

    JpegCodes.Table dcTable;
    JpegCodes.Table acTable;

    Component(int id, int across, int down) {
      this.id = id;
      this.across = across;
      this.down = down;
      Arrays.fill(bit, -1);
    }
  }

  /**
   * Checks that all rows are there.
   *
   * @return a position behind all that the picture needs, with at most a few bytes more
   * @throws BadImageException if rows are missing or a code does not exist
   */
  static int check(ByteReader in) throws BadImageException {
    return new JpegScans(in).walk();
  }

  private int walk() throws BadImageException {
    int at = JpegHeader.nextMarker(in, 2);
    int end = at;
    while (at != JpegHeader.NO_MARKER) {
      int marker = in.u8(at - 1);
      if (marker == JpegHeader.END_OF_IMAGE) {
        requireCoefficients(false);
        return end;
      }
      if (!JpegHeader.standsAlone(marker)) {
        int length = in.u16(at);
        if (length < 2 || (JpegHeader.isFrameHeader(marker) && components.length > 0)) {
          break;
        }
        segment(marker, at + 2, at + length);
        at += length;
        if (marker == JpegHeader.START_OF_SCAN) {
          at = codes.position();
          end = at;
          if (!progressive && isWhole()) {
            return end;
          }
        }
      }
      at = JpegHeader.nextMarker(in, at);
    }
    requireCoefficients(true);
    return end;
  }

  /** Returns whether each component came with all its coefficients. */
  private boolean isWhole() {
    return Arrays.stream(components).allMatch(one -> Arrays.stream(one.bit).allMatch(b -> b == 0));
  }

  /**
   * Requires that the scans so far hold the coefficients of a whole picture.
   *
   * @param all whether also the finest scans must have come: where no end marker says that the
   *     sender had no more
   */
  private void requireCoefficients(boolean all) throws BadImageException {
    boolean came = all ? isWhole() : Arrays.stream(components).allMatch(one -> one.bit[0] >= 0);
    if (!came) {
      throw BadImageException.corrupt("the JPEG is cut: scans are missing");
    }
  }

  private void segment(int marker, int at, int to) throws BadImageException {
    if (marker == TABLES) {
      tables(at, to);
    } else if (marker == JpegHeader.RESTART_INTERVAL) {
      restartInterval = in.u16(at);
    } else if (JpegHeader.isFrameHeader(marker)) {
      frame(marker, at);
    } else if (marker == JpegHeader.START_OF_SCAN) {
      scan(at, to);
    }
  }

  private void tables(int from, int to) throws BadImageException {
    for (int at = from; at + 17 <= to; ) {
      int place = in.u8(at);
      JpegCodes.Table table = new JpegCodes.Table(in, at + 1);
      (place >> 4 == 0 ? dc : ac)[place & 3] = table;
      at += 17 + table.size();
    }
  }

  private void frame(int marker, int at) throws BadImageException {
    progressive = marker == JpegHeader.PROGRESSIVE;
    height = in.u16(at + 1);
    int width = in.u16(at + 3);
    components = new Component[in.u8(at + 5)];
    int across = 1;
    int down = 1;
    for (int i = 0; i < components.length; i++) {
      int one = at + 6 + 3 * i;
      components[i] = new Component(in.u8(one), in.u8(one + 1) >> 4, in.u8(one + 1) & 0xF);
      across = Math.max(across, components[i].across);
      down = Math.max(down, components[i].down);
    }
    unitHeight = 8 * down;
    unitsAcross = divideUp(width, 8 * across);
    unitsDown = divideUp(height, unitHeight);
    for (Component one : components) {
      one.blocksAcross = divideUp(width * one.across, 8 * across);
      one.blocksDown = divideUp(height * one.down, 8 * down);
      one.stride = unitsAcross * one.across;
      if (progressive) {
        one.nonZero = new long[Math.multiplyExact(one.stride, unitsDown * one.down)];
      }
    }
  }

  private static int divideUp(int one, int other) {
    return (one + other - 1) / other;
  }

  private void scan(int at, int to) throws BadImageException {
    Component[] scanned = new Component[in.u8(at)];
    for (int i = 0; i < scanned.length; i++) {
      scanned[i] = component(in.u8(at + 1 + 2 * i));
      int tables = in.u8(at + 2 + 2 * i);
      scanned[i].dcTable = dc[tables >> 4 & 3];
      scanned[i].acTable = ac[tables & 3];
    }
    int from = progressive ? in.u8(at + 1 + 2 * scanned.length) & LAST : 0;
    int last = progressive ? in.u8(at + 2 + 2 * scanned.length) & LAST : LAST;
    int shifts = progressive ? in.u8(at + 3 + 2 * scanned.length) : 0;
    if (last < from) {
      throw BadImageException.corrupt("JPEG scan of coefficients " + from + " to " + last);
    }
    boolean alone = scanned.length == 1;
    int across = alone ? scanned[0].blocksAcross : unitsAcross;
    int units = across * (alone ? scanned[0].blocksDown : unitsDown);
    codes = new JpegCodes(in, to);
    endOfBand = 0;
    int unit = 0;
    try {
      for (; unit < units; unit++) {
        if (restartInterval > 0 && unit > 0 && unit % restartInterval == 0) {
          codes.restart(unit / restartInterval - 1);
          endOfBand = 0;
        }
        for (Component one : scanned) {
          for (int block = 0; block < (alone ? 1 : one.across * one.down); block++) {
            int row = alone ? unit / across : unit / across * one.down + block / one.across;
            int column = alone ? unit % across : unit % across * one.across + block % one.across;
            block(one, row * one.stride + column, from, last, shifts >> 4);
          }
        }
      }
    } catch (JpegCodes.NoMore e) {
      long row = (long) unit * unitsDown * unitHeight / Math.max(1, units);
      throw BadImageException.corrupt(
          e.getMessage() + " at about row " + Math.min(row, height) + " of " + height);
    }
    for (Component one : scanned) {
      Arrays.fill(one.bit, from, last + 1, shifts & 0xF);
    }
  }

  private Component component(int id) throws BadImageException {
    for (Component one : components) {
      if (one.id == id) {
        return one;
      }
    }
    throw BadImageException.corrupt("JPEG scan of component " + id + ", which it does not have");
  }

  private void block(Component one, int at, int from, int last, int earlier)
      throws JpegCodes.NoMore {
    if (from == 0) {
      if (earlier == 0) {
        codes.skip(codes.next(one.dcTable));
      } else {
        codes.skip(1);
      }
    }
    if (!progressive) {
      coefficients(one.acTable);
    } else if (from > 0 && earlier == 0) {
      one.nonZero[at] |= firstBits(one.acTable, from, last);
    } else if (from > 0) {
      one.nonZero[at] = furtherBits(one.acTable, one.nonZero[at], from, last);
    }
  }

  /** Reads coefficients 1 to 63 of a block that comes whole (ITU T.81, F.2.2.2). */
  private void coefficients(JpegCodes.Table table) throws JpegCodes.NoMore {
    for (int k = 1; k <= LAST; k++) {
      int code = codes.next(table);
      int bits = code & 0xF;
      if (bits == 0 && code != SIXTEEN_ZEROS) {
        return;
      }
      k += code >> 4;
      codes.skip(bits);
    }
  }

  /** Reads first bits of a block's band (ITU T.81, G.1.2.2); returns coefficients that came. */
  private long firstBits(JpegCodes.Table table, int from, int last) throws JpegCodes.NoMore {
    long came = 0;
    if (endOfBand > 0) {
      endOfBand--;
      return came;
    }
    for (int k = from; k <= last; k++) {
      int code = codes.next(table);
      int run = code >> 4;
      int bits = code & 0xF;
      if (bits == 0 && run < 15) {
        endOfBand = (1 << run) - 1 + codes.take(run);
        return came;
      }
      k += run;
      codes.skip(bits);
      came |= bits == 0 ? 0 : 1L << (k & LAST);
    }
    return came;
  }

  /** Reads one more bit of a block's band (ITU T.81, G.1.2.3); returns coefficients that came. */
  private long furtherBits(JpegCodes.Table table, long before, int from, int last)
      throws JpegCodes.NoMore {
    long came = before;
    int k = from;
    while (endOfBand == 0 && k <= last) {
      int code = codes.next(table);
      int run = code >> 4;
      boolean fresh = (code & 0xF) != 0;
      if (!fresh && run < 15) {
        endOfBand = (1 << run) + codes.take(run);
        break;
      }
      codes.skip(fresh ? 1 : 0);
      // A run counts coefficients that are still zero; the others have a bit each.
      for (; k <= last; k++) {
        if ((before >> k & 1) != 0) {
          codes.skip(1);
        } else if (--run < 0) {
          break;
        }
      }
      came |= fresh ? 1L << (k & LAST) : 0;
      k++;
    }
    if (endOfBand > 0) {
      for (; k <= last; k++) {
        codes.skip((int) (before >> k & 1));
      }
      endOfBand--;
    }
    return came;
  }
}
