package dev.framelabel.tools.modelkit;

import dev.framelabel.model.ModelException;
import java.nio.file.Path;

/** An Xception with its weights, ready to become a label model. Immutable. */
public final class Xception {
  private final Weights weights;

  private Xception(Weights weights) {
    this.weights = weights;
  }

  /**
   * Returns the paper's network, never trained; the same for the same seed everywhere.
   *
   * @param width 1 for the paper's number of channels
   */
  public static Xception random(int classes, double width, long seed) {
    XceptionArchitecture architecture = new XceptionArchitecture(Flavour.KERAS, width, 0, classes);
    return new Xception(RandomWeights.of(architecture, seed));
  }

  /**
   * Reads weights that Keras saved: {@code .h5} and {@code .weights.h5} of Keras 2 and 3, with or
   * without the last layers.
   *
   * @throws ModelException if the file is at fault
   */
  public static Xception fromKeras(Path file) {
    return new Xception(KerasWeights.read(file));
  }

  /**
   * Reads a PyTorch state_dict in a {@code .safetensors} file.
   *
   * @throws ModelException if the file is at fault
   */
  public static Xception fromTorch(Path file) {
    return new Xception(TorchWeights.read(file));
  }

  /** Returns the classes of the last layer; 0 for weights without one. */
  public int classes() {
    return weights.architecture().classes();
  }

  /** Returns the number of values that training changes. */
  public long trainableParameters() {
    return weights.architecture().trainable();
  }

  /**
   * Returns the label model, batch normalisation folded.
   *
   * @param size side of its square input, pixels, 71 or more
   * @throws ModelException if there is no last layer, or the labels are of another count
   * @throws IllegalArgumentException if the size is out of range
   */
  public ModelFile toModel(int size, PackageMetadata metadata) {
    if (classes() == 0) {
      throw new ModelException(
          "the weights have no classification layer (a 'notop' file), so nothing can be labelled"
              + " with them. Write them with --state-dict and fine-tune them with model/train.py");
    }
    return new ModelFile(XceptionGraph.write(weights, size, metadata));
  }

  /**
   * Writes the weights, unfolded, as a safetensors state_dict for {@code model/train.py}.
   *
   * @throws ModelException if the file cannot be written
   */
  public void saveStateDict(Path file) {
    byte[] bytes = TorchWeights.toStateDict(weights).toBytes();
    AtomicFile.write(file, out -> out.write(bytes), written -> {});
  }
}
