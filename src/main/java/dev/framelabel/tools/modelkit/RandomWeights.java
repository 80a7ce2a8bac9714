package dev.framelabel.tools.modelkit;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** Weights that were never trained, the same for the same seed on every machine. */
final class RandomWeights {
  private RandomWeights() {}

  /** Returns kernels as He et al. 2015 begin training; batch normalisation that changes nothing. */
  static Weights of(XceptionArchitecture architecture, long seed) {
    Random random = new Random(seed);
    Map<String, Tensor> tensors = new HashMap<>();
    for (Parameter parameter : architecture.parameters()) {
      tensors.put(parameter.name(), tensor(parameter, random));
    }
    return new Weights(architecture, tensors);
  }

  private static Tensor tensor(Parameter parameter, Random random) {
    float[] values = new float[Math.toIntExact(parameter.count())];
    String role = parameter.name().substring(parameter.name().indexOf('.') + 1);
    switch (role) {
      case "gamma", "variance" -> Arrays.fill(values, 1);
      case "kernel", "depthwise", "pointwise" -> {
        double deviation = Math.sqrt((role.equals("depthwise") ? 1.0 : 2.0) / fanIn(parameter));
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) (random.nextGaussian() * deviation);
        }
      }
      default -> Arrays.fill(values, 0);
    }
    return new Tensor(parameter.shape(), values);
  }

  private static long fanIn(Parameter parameter) {
    return parameter.count() / parameter.shape().get(0);
  }
}
