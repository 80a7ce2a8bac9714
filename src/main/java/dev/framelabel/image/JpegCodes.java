package dev.framelabel.image;

import dev.framelabel.image.ImageHeader.ByteReader;
import java.util.Arrays;

/** The bits of a JPEG's scan as Huffman codes (ITU T.81, annexes C and F.2.2). Not thread-safe. */
final class JpegCodes {
  private static final int LONGEST = 16;

  private final ByteReader in;
  private int at;

  /** Bits that were read but not used: the upper ones, followed by zeros. */
  private long bits;

  private int count;

  /**
   * Starts at the first bit of a scan.
   *
   * @param at where the scan's data begins
   */
  JpegCodes(ByteReader in, int at) {
    this.in = in;
    this.at = at;
  }

  /** The data ends, or does not go on as it should. */
  static final class NoMore extends Exception {
    private static final long serialVersionUID = 1L;

    NoMore(String message) {
      super(message);
    }
  }

  /** Symbols of the codes. */
  static final class Table {
    private static final int SHORT = 9;

    /** By the next nine bits: length and symbol; 0: the code is longer, or there is none. */
    private final short[] quick = new short[1 << SHORT];

    /** By length: behind the last code, left-aligned in 16 bits. */
    private final int[] ends = new int[LONGEST + 1];

    /** By length: what a code's value is to be added to for its symbol's place. */
    private final int[] places = new int[LONGEST + 1];

    private final int[] symbols;

    /**
     * Reads a Huffman table as a DHT segment holds it.
     *
     * @param at place of the 16 numbers of codes of each length; their symbols follow
     */
    Table(ByteReader in, int at) throws BadImageException {
      int size = 0;
      for (int length = 1; length <= LONGEST; length++) {
        size += in.u8(at + length - 1);
      }
      symbols = new int[size];
      int code = 0;
      int place = 0;
      for (int length = 1; length <= LONGEST; length++) {
        places[length] = place - code;
        for (int left = in.u8(at + length - 1); left > 0; left--, code++, place++) {
          symbols[place] = in.u8(at + LONGEST + place);
          int first = code << (SHORT - length);
          if (length <= SHORT && code < 1 << length) {
            Arrays.fill(
                quick,
                first,
                first + (1 << (SHORT - length)),
                (short) (length << 8 | symbols[place]));
          }
        }
        ends[length] = code << (LONGEST - length);
        code <<= 1;
      }
    }

    int size() {
      return symbols.length;
    }
  }

  /** Returns the next code's symbol. */
  int next(Table table) throws NoMore {
    if (table == null) {
      throw new NoMore("the JPEG has no table of codes for its data");
    }
    if (count < LONGEST) {
      fill();
    }
    int quick = table.quick[(int) (bits >>> (Long.SIZE - Table.SHORT))];
    if (quick != 0) {
      skip(quick >> 8);
      return quick & 0xFF;
    }
    int next = (int) (bits >>> (Long.SIZE - LONGEST));
    for (int length = Table.SHORT + 1; length <= LONGEST; length++) {
      int place = table.places[length] + (next >> (LONGEST - length));
      if (next < table.ends[length] && place >= 0 && place < table.symbols.length) {
        skip(length);
        return table.symbols[place];
      }
    }
    throw new NoMore(
        count < LONGEST
            ? "the JPEG is cut: its data ends"
            : "the JPEG's data has a code that does not exist");
  }

  /** Skips bits, at most 16. */
  void skip(int length) throws NoMore {
    if (count < length) {
      fill();
      if (count < length) {
        throw new NoMore("the JPEG is cut: its data ends");
      }
    }
    bits <<= length;
    count -= length;
  }

  /** Reads a number of at most 16 bits. */
  int take(int length) throws NoMore {
    if (length == 0) {
      return 0;
    }
    if (count < length) {
      fill();
    }
    int value = (int) (bits >>> (Long.SIZE - length));
    skip(length);
    return value;
  }

  /** Skips all before the next restart marker, which must have this number. */
  void restart(int number) throws NoMore, BadImageException {
    bits = 0;
    count = 0;
    at = JpegHeader.nextMarker(in, at);
    if (at == JpegHeader.NO_MARKER || in.u8(at - 1) != 0xD0 + (number & 7)) {
      throw new NoMore("the JPEG is cut: restart marker " + number + " is missing");
    }
  }

  /** Returns the position from which the next bytes would be read. */
  int position() {
    return at;
  }

  /** Reads bytes up to a marker, which it leaves. */
  private void fill() {
    while (count <= Long.SIZE - Byte.SIZE && at < in.length()) {
      int next = in.at(at);
      if (next == 0xFF) {
        int behind = at + 1;
        while (behind < in.length() && in.at(behind) == 0xFF) {
          behind++;
        }
        if (behind >= in.length() || in.at(behind) != 0) {
          return;
        }
        at = behind;
      }
      at++;
      bits |= (long) next << (Long.SIZE - Byte.SIZE - count);
      count += Byte.SIZE;
    }
  }
}
