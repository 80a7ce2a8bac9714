package dev.framelabel.tools.modelkit;

import dev.framelabel.model.ModelException;
import java.util.Map;

/**
 * The weights of one network, complete and of the right shapes.
 *
 * @param architecture of the network
 * @param tensors by {@link Parameter#name()}
 */
record Weights(XceptionArchitecture architecture, Map<String, Tensor> tensors) {
  /**
   * Checks that the tensors are those of the architecture.
   *
   * @throws ModelException if one is missing, has another shape or holds what is no number
   */
  Weights {
    tensors = Map.copyOf(tensors);
    for (Parameter parameter : architecture.parameters()) {
      Tensor tensor = tensors.get(parameter.name());
      if (tensor == null) {
        throw new ModelException(
            "weights %s are missing; expected a tensor of shape %s"
                .formatted(parameter.name(), parameter.shape()));
      }
      if (!tensor.shape().equals(parameter.shape())) {
        throw new ModelException(
            "weights %s have shape %s; expected %s at width %s (axes: output, input, rows, columns)"
                .formatted(
                    parameter.name(), tensor.shape(), parameter.shape(), architecture.width()));
      }
      checkFinite(parameter, tensor);
    }
  }

  private static void checkFinite(Parameter parameter, Tensor tensor) {
    for (float value : tensor.values()) {
      if (!Float.isFinite(value)) {
        throw new ModelException(
            "weights " + parameter.name() + " hold " + value + "; expected finite numbers");
      }
      if (value < 0 && parameter.name().endsWith(".variance")) {
        throw new ModelException(
            "weights " + parameter.name() + " hold " + value + "; expected 0 or more");
      }
    }
  }

  Tensor get(String name) {
    return tensors.get(name);
  }
}
