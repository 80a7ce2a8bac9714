package dev.framelabel.tools.modelkit;

import java.util.List;

/**
 * Merge of a batch normalisation into the convolution before it: the same function, one layer less.
 * Computed in double precision and rounded once.
 *
 * @param kernel of the convolution, scaled
 * @param bias one number for each output channel
 */
record Folding(Tensor kernel, Tensor bias) {
  /**
   * Merges the batch normalisation of a unit into one of its convolutions.
   *
   * @param role {@code kernel} or {@code pointwise}: the convolution next to the normalisation
   */
  static Folding of(Weights weights, Unit unit, String role) {
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
      bias[out] = (float) (beta[out] - mean[out] * scale);
      for (int i = out * each; i < (out + 1) * each; i++) {
        scaled[i] = (float) (kernel.values()[i] * scale);
      }
    }
    return new Folding(new Tensor(kernel.shape(), scaled), new Tensor(List.of(bias.length), bias));
  }
}
