package dev.framelabel.image;

import dev.framelabel.image.ImageHeader.ByteReader;

/** Reader of a picture's orientation in Exif data (Exif 2.3, 4.6.4 A), in any format. */
final class ExifOrientation {
  /** The orientation as stored. */
  static final int UPRIGHT = 1;

  private static final int TAG = 0x0112;
  private static final int ENTRY = 12;

  private ExifOrientation() {}

  /** Returns whether a row of the file is shown from its right end. */
  static boolean storedFromRight(int orientation) {
    return orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  }

  /** Returns whether a column of the file is shown from its lower end. */
  static boolean storedFromBottom(int orientation) {
    return orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  }

  /**
   * Returns the orientation entry of the first directory; {@link #UPRIGHT} where there is none, or
   * where the Exif data is damaged: that is no damage to the picture.
   *
   * @param from where the data begins, with its prefix {@code Exif} or without
   * @param to behind its last byte
   */
  static int read(ByteReader in, int from, int to) throws BadImageException {
    int tiff = in.startsWith(from, 'E', 'x', 'i', 'f', 0, 0) ? from + 6 : from;
    boolean little = in.startsWith(tiff, 'I', 'I');
    if (tiff + 8 > to || !(little || in.startsWith(tiff, 'M', 'M'))) {
      return UPRIGHT;
    }
    long directory = tiff + (little ? in.u32le(tiff + 4) : in.u32(tiff + 4));
    if (directory + 2 > to) {
      return UPRIGHT;
    }
    int start = (int) directory;
    int entries = little ? in.u16le(start) : in.u16(start);
    for (int entry = start + 2; entries > 0 && entry + ENTRY <= to; entry += ENTRY, entries--) {
      if ((little ? in.u16le(entry) : in.u16(entry)) == TAG) {
        int value = little ? in.u16le(entry + 8) : in.u16(entry + 8);
        return value >= 1 && value <= 8 ? value : UPRIGHT;
      }
    }
    return UPRIGHT;
  }
}
