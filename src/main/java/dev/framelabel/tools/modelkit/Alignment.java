package dev.framelabel.tools.modelkit;

import java.util.ArrayList;
import java.util.List;

/**
 * Widening of layers to a whole number of vector registers with channels that are always 0.
 *
 * <p>ONNX Runtime keeps channels in blocks, of 16 where the processor has AVX-512, of 8 with AVX2.
 * Behind a layer that fills no whole block, as the middle flow's 728 channels, it leaves that
 * layout and comes back to it around each residual addition, and fuses nothing there. It pads such
 * layers itself for the convolutions, so that 736 channels cost no more than 728.
 */
final class Alignment {
  private static final int BLOCK = 16;

  /** Widening by more than this part of the layer would cost more than it brings. */
  private static final int LARGEST_PART = 8;

  private Alignment() {}

  /** Returns the channels that a layer of so many gets. */
  static int of(int channels) {
    int whole = (channels + BLOCK - 1) / BLOCK * BLOCK;
    return (whole - channels) * LARGEST_PART <= channels ? whole : channels;
  }

  /** Returns the same numbers at the same places of a larger tensor that else holds zeros. */
  static Tensor widen(Tensor tensor, List<Integer> shape) {
    if (tensor.shape().equals(shape)) {
      return tensor;
    }
    float[] out = new float[Math.toIntExact(Tensor.size(shape))];
    List<Integer> from = tensor.shape();
    int row = from.get(from.size() - 1);
    for (int start = 0; start < tensor.values().length; start += row) {
      System.arraycopy(tensor.values(), start, out, place(start, from, shape), row);
    }
    return new Tensor(shape, out);
  }

  /** Returns where the number at {@code index} of one shape stands in the larger one. */
  private static int place(int index, List<Integer> from, List<Integer> to) {
    int rest = index;
    int stride = 1;
    int place = 0;
    for (int axis = from.size() - 1; axis >= 0; axis--) {
      place += rest % from.get(axis) * stride;
      rest /= from.get(axis);
      stride *= to.get(axis);
    }
    return place;
  }

  /** Returns a shape whose first so many axes, those of channels, are widened. */
  static List<Integer> shape(List<Integer> shape, int axes) {
    List<Integer> wide = new ArrayList<>(shape);
    for (int axis = 0; axis < axes; axis++) {
      wide.set(axis, of(wide.get(axis)));
    }
    return wide;
  }
}
