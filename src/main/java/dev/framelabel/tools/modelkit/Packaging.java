package dev.framelabel.tools.modelkit;

import static java.util.Objects.requireNonNull;

/**
 * How a foreign classifier is made a label model.
 *
 * @param layout of its input
 * @param size side of its square input, pixels
 * @param normalisation how it wants its pixels
 * @param blueFirst whether it wants blue, green, red
 * @param result what it gives
 * @param metadata what the label model is to say of itself
 */
public record Packaging(
    Layout layout,
    int size,
    Normalisation normalisation,
    boolean blueFirst,
    Result result,
    PackageMetadata metadata) {
  /** What a classifier's output is. */
  public enum Result {
    /** Probabilities where the graph ends with a softmax, else logits. */
    BY_LAST_NODE,
    LOGITS,
    PROBABILITIES
  }

  public Packaging {
    requireNonNull(layout, "layout");
    requireNonNull(normalisation, "normalisation");
    requireNonNull(result, "result");
    requireNonNull(metadata, "metadata");
    if (size < 1 || size > 4096) {
      throw new IllegalArgumentException("size is " + size + " pixels; expected 1 to 4096");
    }
  }
}
