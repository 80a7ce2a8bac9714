package dev.framelabel.tools.modelkit;

import java.util.List;

/**
 * A tensor that the network needs.
 *
 * @param name layer and role, as in {@code block2_sepconv1.pointwise}
 * @param shape in ONNX' order: output channels, input channels, rows, columns
 * @param statistic whether it is measured (a mean, a variance) and not trained
 */
record Parameter(String name, List<Integer> shape, boolean statistic) {
  Parameter {
    shape = List.copyOf(shape);
  }

  long count() {
    return Tensor.size(shape);
  }
}
