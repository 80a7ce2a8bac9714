package dev.framelabel.model;

import java.io.Serializable;
import java.nio.file.Path;

/**
 * Opener of label models on a worker. A job carries its opener to the workers, so that tests and
 * benchmarks can put a double in the model's place. Users of equal openers and equal settings share
 * one model, so an implementation is a value: a record or an enum.
 */
@FunctionalInterface
public interface ModelOpener extends Serializable {
  /** Opens model files with ONNX Runtime. */
  ModelOpener ONNX = OnnxModelOpener.INSTANCE;

  /**
   * Opens a model. The caller closes it.
   *
   * @throws ModelException if the model cannot be opened
   */
  LabelModel open(Path file, SessionSettings settings);
}
