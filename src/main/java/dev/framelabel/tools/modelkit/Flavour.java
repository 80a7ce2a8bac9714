package dev.framelabel.tools.modelkit;

import java.util.Arrays;
import java.util.Locale;

/**
 * The two networks that are called Xception. They are different functions of the same weights:
 * which one is right depends on where the weights were trained.
 */
enum Flavour {
  /** The original: TensorFlow's padding "same" and epsilon 1e-3. */
  KERAS(1e-3),
  /** The PyTorch ports: one row of padding on every side and epsilon 1e-5. */
  TORCH(1e-5);

  private final double epsilon;

  Flavour(double epsilon) {
    this.epsilon = epsilon;
  }

  /** Returns what batch normalisation adds to the variance. */
  double epsilon() {
    return epsilon;
  }

  /**
   * Returns the rows that a 3x3 pooling with stride 2 pads before the first one. TensorFlow puts an
   * odd row behind the last one, so an even side gets none in front.
   */
  int padBefore(int side) {
    return this == TORCH || side % 2 == 1 ? 1 : 0;
  }

  /** Returns the rows that a 3x3 pooling with stride 2 pads behind the last one. */
  int padAfter(int side) {
    return 1;
  }

  static Flavour parse(String text) {
    return Arrays.stream(values())
        .filter(flavour -> flavour.toString().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "padding '" + text + "' is not known; expected keras or torch"));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
