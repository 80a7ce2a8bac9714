package dev.framelabel.tools.modelkit;

import static java.util.Objects.requireNonNull;

import dev.framelabel.model.LabelTask;

/**
 * What stands around a network in a label model.
 *
 * @param pixels normalisation in front of it
 * @param activation layer that makes probabilities of its result
 */
record Ends(Normalisation pixels, Wrapping.Activation activation) {
  /** What networks trained on ImageNet have. */
  static final Ends IMAGENET = new Ends(Normalisation.XCEPTION, Wrapping.Activation.SOFTMAX);

  Ends {
    requireNonNull(pixels, "pixels");
    requireNonNull(activation, "activation");
  }

  /** Returns the task of a label model with this activation. */
  LabelTask task() {
    return activation == Wrapping.Activation.SIGMOID ? LabelTask.MULTI_LABEL : LabelTask.CLASSIFY;
  }
}
