package dev.framelabel.xception;

import java.util.List;

/**
 * Merges a batch normalisation into the convolution before it, and a scaling of the input too where
 * there is one: the same function, a layer or two less. Computed in double precision and rounded
 * once.
 *
 * @param kernel of the convolution, scaled
 * @param bias one number for each output channel
 */
record Folding(Tensor kernel, Tensor bias) {
  /**
   * @param role {@code kernel} or {@code pointwise}: the convolution next to the normalisation
   */
  static Folding of(Weights weights, Unit unit, String role) {
    return of(weights, unit, role, 1, 0);
  }

  /**
   * For a convolution without padding whose input {@code x} is to become {@code x * factor +
   * offset} first.
   */
  static Folding of(Weights weights, Unit unit, String role, double factor, double offset) {
    Tensor kernel = weights.get(unit.name() + "." + role);
    float[] gamma = weights.get(unit.name() + ".gamma").values();
    float[] beta = weights.get(unit.name() + ".beta").values();
    float[] mean = weights.get(unit.name() + ".mean").values();
    float[] variance = weights.get(unit.name() + ".variance").values();
    double epsilon = weights.architecture().flavour().epsilon();
    float[] scaled = new float[kernel.values().length];
    float[] bias = new float[gamma.length];
    int each = scaled.length / gamma.length;
    for (int out = 0; out < gamma.length; out++) {
      double scale = gamma[out] / Math.sqrt(variance[out] + epsilon);
      double sum = 0;
      for (int i = out * each; i < (out + 1) * each; i++) {
        scaled[i] = (float) (kernel.values()[i] * scale * factor);
        sum += kernel.values()[i];
      }
      bias[out] = (float) (beta[out] + (offset * sum - mean[out]) * scale);
    }
    return new Folding(new Tensor(kernel.shape(), scaled), new Tensor(List.of(bias.length), bias));
  }
}
