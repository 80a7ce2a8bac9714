package dev.framelabel.tools.modelkit;

import static java.util.Objects.requireNonNull;

/**
 * Settings with which a foreign classifier is made a label model.
 *
 * @param layout of its input
 * @param size of its input
 * @param normalisation of its pixels
 * @param blueFirst whether it wants blue, green, red
 * @param result kind of its output
 * @param metadata of the label model
 */
public record Packaging(
    Layout layout,
    InputSize size,
    Normalisation normalisation,
    boolean blueFirst,
    Result result,
    PackageMetadata metadata) {
  /** Kind of a classifier's output. */
  public enum Result {
    /** As a trial run shows. */
    MEASURED,
    /** Logits of classes of which a picture has one: a softmax is added. */
    LOGITS,
    /** Probabilities of classes of which a picture has one. */
    PROBABILITIES,
    /** Logits or scores, as a trial run shows, of classes that are independent of each other. */
    MULTI_LABEL,
    /** Logits of classes that are independent of each other: a sigmoid is added. */
    MULTI_LABEL_LOGITS
  }

  public Packaging {
    requireNonNull(layout, "layout");
    requireNonNull(size, "size");
    requireNonNull(normalisation, "normalisation");
    requireNonNull(result, "result");
    requireNonNull(metadata, "metadata");
  }
}
