package dev.framelabel.tools.camera;

import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_JPEG;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT2020_NCL;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT470BG;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT709;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_FCC;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_SMPTE170M;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_SMPTE240M;

import java.nio.ByteBuffer;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/**
 * How brightness and colour of a picture were made of red, green and blue, and their range. JPEG
 * has the matrix of BT.601 in full range (JFIF 1.02).
 *
 * @param red share of red in the brightness
 * @param blue share of blue in the brightness
 * @param full whether values go from 0 to 255, not from 16 to 235 and 240
 */
record ColourMatrix(double red, double blue, boolean full) {
  /** Video of this width, or higher than SD, is of BT.709 where it does not say. */
  private static final int HD_WIDTH = 1_280;

  private static final int SD_HEIGHT = 576;
  private static final double BT601_RED = 0.299;
  private static final double BT601_BLUE = 0.114;
  private static final int PLANES = 3;
  private static final int MIDDLE = 128;
  private static final int BITS = 16;

  private static final ColourMatrix JPEG = new ColourMatrix(BT601_RED, BT601_BLUE, true);

  /** What FFmpeg's scaler makes of RGB unless told otherwise. */
  static final ColourMatrix OF_RGB = new ColourMatrix(BT601_RED, BT601_BLUE, false);

  /** FFmpeg takes all grey for full range. */
  static final ColourMatrix OF_GREY = JPEG;

  /** Returns what a decoded picture names, or what players take for its size. */
  static ColourMatrix of(AVFrame frame) {
    boolean full = frame.color_range() == AVCOL_RANGE_JPEG;
    int named = frame.colorspace();
    if (named == AVCOL_SPC_BT2020_NCL) {
      return new ColourMatrix(0.2627, 0.0593, full);
    }
    if (named == AVCOL_SPC_FCC) {
      return new ColourMatrix(0.3, 0.11, full);
    }
    if (named == AVCOL_SPC_SMPTE240M) {
      return new ColourMatrix(0.212, 0.087, full);
    }
    boolean sd = named == AVCOL_SPC_BT470BG || named == AVCOL_SPC_SMPTE170M;
    boolean hd = frame.width() >= HD_WIDTH || frame.height() > SD_HEIGHT;
    return !sd && (named == AVCOL_SPC_BT709 || hd)
        ? new ColourMatrix(0.2126, 0.0722, full)
        : new ColourMatrix(BT601_RED, BT601_BLUE, full);
  }

  boolean isOfJpeg() {
    return equals(JPEG);
  }

  /**
   * Copies a picture of this matrix to one of JPEG's, turned; both have planes of 8 bits with half
   * as many points of colour.
   */
  void toJpeg(AVFrame stored, AVFrame shown, DisplayMatrix turn) {
    double green = 1 - red - blue;
    double wide = full ? 1 : 255 / 224.0;
    // Red and blue less brightness, for a step of the stored colours.
    double stepRed = 2 * (1 - red) * wide;
    double stepBlue = 2 * (1 - blue) * wide;
    double ofBlue = (BT601_BLUE - (1 - BT601_RED - BT601_BLUE) * blue / green) * stepBlue;
    double ofRed = (BT601_RED - (1 - BT601_RED - BT601_BLUE) * red / green) * stepRed;
    int yy = fixed(full ? 1 : 255 / 219.0);
    int yu = fixed(ofBlue);
    int yv = fixed(ofRed);
    int uu = fixed((stepBlue - ofBlue) / (2 * (1 - BT601_BLUE)));
    int uv = fixed(-ofRed / (2 * (1 - BT601_BLUE)));
    int vu = fixed(-ofBlue / (2 * (1 - BT601_RED)));
    int vv = fixed((stepRed - ofRed) / (2 * (1 - BT601_RED)));
    int black = full ? 0 : 16;
    int columns = stored.width();
    int rows = stored.height();
    byte[] y = new byte[columns];
    byte[] u = new byte[(columns + 1) >> 1];
    byte[] v = new byte[u.length];
    int[] brighter = new int[u.length];
    ByteBuffer[] from = planes(stored);
    ByteBuffer[] to = planes(shown);
    for (int row = 0; row < rows; row++) {
      if ((row & 1) == 0) {
        from[1].get((row >> 1) * stored.linesize(1), u);
        from[2].get((row >> 1) * stored.linesize(2), v);
        for (int x = 0; x < u.length; x++) {
          int du = (u[x] & 0xFF) - MIDDLE;
          int dv = (v[x] & 0xFF) - MIDDLE;
          brighter[x] = yu * du + yv * dv - yy * black;
          u[x] = value((MIDDLE << BITS) + uu * du + uv * dv);
          v[x] = value((MIDDLE << BITS) + vu * du + vv * dv);
        }
        turn.place(u, row >> 1, (rows + 1) >> 1, to[1], shown.linesize(1));
        turn.place(v, row >> 1, (rows + 1) >> 1, to[2], shown.linesize(2));
      }
      from[0].get(row * stored.linesize(0), y);
      brighten(y, yy, brighter);
      turn.place(y, row, rows, to[0], shown.linesize(0));
    }
  }

  /** Changes a row; by pairs, of which each has a step of its own. */
  private static void brighten(byte[] row, int factor, int[] steps) {
    int pairs = row.length / 2;
    for (int pair = 0; pair < pairs; pair++) {
      int step = steps[pair];
      row[2 * pair] = value(factor * (row[2 * pair] & 0xFF) + step);
      row[2 * pair + 1] = value(factor * (row[2 * pair + 1] & 0xFF) + step);
    }
    for (int x = 2 * pairs; x < row.length; x++) {
      row[x] = value(factor * (row[x] & 0xFF) + steps[pairs]);
    }
  }

  private static int fixed(double factor) {
    return (int) Math.round(factor * (1 << BITS));
  }

  private static byte value(int fixed) {
    int value = (fixed + (1 << (BITS - 1))) >> BITS;
    return (byte) ((value & ~0xFF) == 0 ? value : ~value >> (Integer.SIZE - 1));
  }

  private static ByteBuffer[] planes(AVFrame frame) {
    ByteBuffer[] planes = new ByteBuffer[PLANES];
    for (int plane = 0; plane < PLANES; plane++) {
      long rows = plane == 0 ? frame.height() : (frame.height() + 1) >> 1;
      planes[plane] = frame.data(plane).capacity(rows * frame.linesize(plane)).asByteBuffer();
    }
    return planes;
  }
}
