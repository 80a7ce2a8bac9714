package dev.framelabel.image;

import dev.framelabel.image.Workspace.Address;
import dev.framelabel.image.Workspace.Pixels;
import java.util.Arrays;
import org.bytedeco.javacpp.Pointer;

/**
 * Scaler of pictures that works as Pillow's {@code Image.resize}, with which networks of PyTorch
 * were trained. OpenCV's filters do not widen when a picture shrinks. Columns first, then rows;
 * weights have 22 bits, as Pillow's, so that the same pixels come out. Not thread-safe.
 */
final class Resampler {
  private static final int CHANNELS = 3;
  private static final int BITS = 22;

  private final Address place = new Address();
  private Weights across;
  private Weights down;
  private byte[] row = new byte[0];
  private byte[] columns = new byte[0];

  /**
   * A part of a side: where it begins and how long it is, in pixels of the picture.
   *
   * @param side pixels of the picture
   * @param out pixels that it becomes
   */
  record Span(int side, double begin, double length, int out) {
    Span to(int other) {
      return new Span(side, begin, length, other);
    }

    Span mirrored(boolean fromEnd) {
      return fromEnd ? new Span(side, side - begin - length, length, out) : this;
    }
  }

  /**
   * Returns the bytes that scaling takes, at most.
   *
   * @param out pixels of the longer side of the output
   */
  static long memory(int columns, int rows, int out, Interpolation filter) {
    long weights = (2L * (long) Math.ceil(filter.reach) + 3) * ((long) columns + rows + 2L * out);
    long pixels = (long) CHANNELS * (Math.max(columns, out) + (long) rows * out);
    // An array holds no more.
    return pixels > Integer.MAX_VALUE ? Long.MAX_VALUE / 2 : pixels + Integer.BYTES * weights;
  }

  /** Returns the bytes that are kept for the next picture. */
  long bytes() {
    return (long) row.length + columns.length;
  }

  /** Scales the part of a picture that the spans name. */
  void scale(Pixels picture, Span width, Span height, Interpolation filter, Pixels out) {
    across = across == null || !across.fits(width, filter) ? new Weights(width, filter) : across;
    down = down == null || !down.fits(height, filter) ? new Weights(height, filter) : down;
    int first = down.first[0];
    int rows = down.first[height.out() - 1] + down.count[height.out() - 1] - first;
    int rowBytes = out.columns() * CHANNELS;
    row = atLeast(row, Math.max(picture.columns(), out.columns()) * CHANNELS);
    columns = atLeast(columns, rows * rowBytes);
    for (int y = 0; y < rows; y++) {
      Pointer ignored =
          place
              .set(picture.address() + (first + y) * picture.rowBytes())
              .get(row, 0, picture.columns() * CHANNELS);
      across(y * rowBytes);
    }
    for (int y = 0; y < out.rows(); y++) {
      down(y, first, rowBytes);
      Pointer ignored = place.set(out.address() + y * out.rowBytes()).put(row, 0, rowBytes);
    }
  }

  private static byte[] atLeast(byte[] array, int size) {
    return array.length >= size ? array : new byte[size];
  }

  /** Scales one row of the picture, to a row of {@link #columns}. */
  private void across(int target) {
    int at = target;
    for (int x = 0; x < across.first.length; x++) {
      int red = 1 << (BITS - 1);
      int green = red;
      int blue = red;
      int from = across.first[x] * CHANNELS;
      int weight = x * across.most;
      for (int tap = 0; tap < across.count[x]; tap++) {
        int factor = across.weights[weight + tap];
        red += (row[from] & 0xFF) * factor;
        green += (row[from + 1] & 0xFF) * factor;
        blue += (row[from + 2] & 0xFF) * factor;
        from += CHANNELS;
      }
      columns[at] = clip(red);
      columns[at + 1] = clip(green);
      columns[at + 2] = clip(blue);
      at += CHANNELS;
    }
  }

  /** Scales rows of {@link #columns} to one row of the output. */
  private void down(int y, int firstRow, int rowBytes) {
    int from = (down.first[y] - firstRow) * rowBytes;
    int weight = y * down.most;
    int taps = down.count[y];
    for (int at = 0; at < rowBytes; at++) {
      int sum = 1 << (BITS - 1);
      int source = from + at;
      for (int tap = 0; tap < taps; tap++) {
        sum += (columns[source] & 0xFF) * down.weights[weight + tap];
        source += rowBytes;
      }
      row[at] = clip(sum);
    }
  }

  private static byte clip(int sum) {
    return (byte) Math.max(0, Math.min(255, sum >> BITS));
  }

  /** Weights of the pixels that make up each pixel of the output, along one side. */
  private static final class Weights {
    private final Span span;
    private final Interpolation filter;
    private final int most;
    private final int[] first;
    private final int[] count;
    private final int[] weights;

    Weights(Span span, Interpolation filter) {
      this.span = span;
      this.filter = filter;
      double step = span.length() / span.out();
      double widened = Math.max(1, step);
      double reach = filter.reach * widened;
      most = 2 * (int) Math.ceil(reach) + 1;
      first = new int[span.out()];
      count = new int[span.out()];
      weights = new int[span.out() * most];
      for (int index = 0; index < span.out(); index++) {
        double centre = span.begin() + (index + 0.5) * step;
        first[index] = Math.max(0, (int) (centre - reach + 0.5));
        count[index] = Math.min(span.side(), (int) (centre + reach + 0.5)) - first[index];
        fill(index, centre, widened);
      }
    }

    private void fill(int index, double centre, double widened) {
      double[] values = new double[count[index]];
      for (int tap = 0; tap < values.length; tap++) {
        values[tap] = filter.weight((tap + first[index] - centre + 0.5) / widened);
      }
      double sum = Arrays.stream(values).sum();
      for (int tap = 0; tap < values.length; tap++) {
        double whole = values[tap] / sum * (1 << BITS);
        weights[index * most + tap] = (int) (whole + (whole < 0 ? -0.5 : 0.5));
      }
    }

    boolean fits(Span other, Interpolation wanted) {
      return span.equals(other) && filter == wanted;
    }
  }
}
