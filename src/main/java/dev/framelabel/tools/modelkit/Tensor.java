package dev.framelabel.tools.modelkit;

import java.util.List;

/**
 * A block of float32 numbers with a shape, last axis fastest. The numbers are shared, not copied:
 * whoever makes a tensor gives its array away.
 */
final class Tensor {
  private final List<Integer> shape;
  private final float[] values;

  /**
   * Takes over the array of values, in row-major order: the caller no longer changes it.
   *
   * @throws IllegalArgumentException if the array does not fit the shape
   */
  Tensor(List<Integer> shape, float[] values) {
    this.shape = List.copyOf(shape);
    this.values = values;
    if (size(shape) != values.length) {
      throw new IllegalArgumentException(
          "tensor of " + values.length + " numbers; shape " + shape + " takes " + size(shape));
    }
  }

  static long size(List<Integer> shape) {
    return shape.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
  }

  List<Integer> shape() {
    return shape;
  }

  float[] values() {
    return values;
  }

  /** Returns a copy whose axis {@code i} is this tensor's axis {@code axes[i]}. */
  Tensor permuted(int... axes) {
    int rank = axes.length;
    int[] strides = new int[rank];
    int stride = 1;
    for (int axis = rank - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= shape.get(axis);
    }
    Integer[] target = new Integer[rank];
    for (int axis = 0; axis < rank; axis++) {
      target[axis] = shape.get(axes[axis]);
    }
    float[] out = new float[values.length];
    int[] at = new int[rank];
    for (int index = 0; index < out.length; index++) {
      int from = 0;
      for (int axis = 0; axis < rank; axis++) {
        from += at[axis] * strides[axes[axis]];
      }
      out[index] = values[from];
      for (int axis = rank - 1; axis >= 0 && ++at[axis] == target[axis]; axis--) {
        at[axis] = 0;
      }
    }
    return new Tensor(List.of(target), out);
  }
}
