package dev.framelabel.tools.camera;

import static org.bytedeco.ffmpeg.global.avutil.AV_FRAME_DATA_DISPLAYMATRIX;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_side_data;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_new_side_data;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_remove_side_data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVFrameSideData;

/**
 * How a decoded picture is to be turned to stand upright, as a video's display matrix or a
 * picture's Exif data says; to the nearest quarter of a turn.
 *
 * @param transposed whether stored rows are shown as columns
 * @param fromRight whether the end of a stored row is shown first
 * @param fromBottom whether the last stored row is shown first
 */
record DisplayMatrix(boolean transposed, boolean fromRight, boolean fromBottom) {
  private static final DisplayMatrix UPRIGHT = new DisplayMatrix(false, false, false);
  private static final int BYTES = 9 * Integer.BYTES;

  /** Returns what FFmpeg's decoder says, which knows both a stream's and a picture's matrix. */
  static DisplayMatrix of(AVFrame frame) {
    AVFrameSideData side = av_frame_get_side_data(frame, AV_FRAME_DATA_DISPLAYMATRIX);
    if (side == null || side.size() < BYTES) {
      return UPRIGHT;
    }
    ByteBuffer matrix = side.data().capacity(BYTES).asByteBuffer().order(ByteOrder.nativeOrder());
    // Shown at x = a * column + c * row, y = b * column + d * row.
    long a = matrix.getInt(0);
    long b = matrix.getInt(Integer.BYTES);
    long c = matrix.getInt(3 * Integer.BYTES);
    long d = matrix.getInt(4 * Integer.BYTES);
    boolean transposed = Math.abs(b) > Math.abs(a);
    return new DisplayMatrix(transposed, (transposed ? b : a) < 0, (transposed ? c : d) < 0);
  }

  /**
   * @param orientation as Exif 2.3 numbers it (4.6.4 A)
   */
  static DisplayMatrix ofExif(int orientation) {
    return new DisplayMatrix(
        orientation >= 5,
        orientation == 2 || orientation == 3 || orientation >= 7,
        orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7);
  }

  /** Writes this into a decoded picture, in place of what it says. */
  void mark(AVFrame frame) throws IOException {
    av_frame_remove_side_data(frame, AV_FRAME_DATA_DISPLAYMATRIX);
    AVFrameSideData side = av_frame_new_side_data(frame, AV_FRAME_DATA_DISPLAYMATRIX, BYTES);
    if (side == null) {
      throw new IOException("cannot take memory for a picture");
    }
    int column = fromRight ? -1 : 1;
    int row = fromBottom ? -1 : 1;
    ByteBuffer matrix = ByteBuffer.allocate(BYTES).order(ByteOrder.nativeOrder());
    matrix.putInt(transposed ? 0 : column).putInt(transposed ? column : 0).putInt(0);
    matrix.putInt(transposed ? row : 0).putInt(transposed ? 0 : row);
    side.data().put(matrix.array());
  }

  boolean isUpright() {
    return equals(UPRIGHT);
  }

  /** Returns the shown width of a picture that is stored with this size. */
  int width(int width, int height) {
    return transposed ? height : width;
  }

  int height(int width, int height) {
    return transposed ? width : height;
  }

  /**
   * Writes a row of a stored plane to its place in the shown one.
   *
   * @param rows of the stored plane
   * @param line bytes from a row of the shown plane to the next
   */
  void place(byte[] row, int y, int rows, ByteBuffer shown, int line) {
    int shownY = fromBottom ? rows - 1 - y : y;
    int step = transposed ? line : 1;
    int start = transposed ? shownY : shownY * line;
    if (step == 1 && !fromRight) {
      shown.put(start, row);
      return;
    }
    for (int x = 0; x < row.length; x++) {
      shown.put(start + step * (fromRight ? row.length - 1 - x : x), row[x]);
    }
  }
}
