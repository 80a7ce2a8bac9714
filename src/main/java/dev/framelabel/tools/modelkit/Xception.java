package dev.framelabel.tools.modelkit;

import dev.framelabel.model.ModelException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** An Xception with its weights, ready to become a label model. Immutable. */
public final class Xception {
  private static final int SIZE = 299;

  private final Weights weights;
  private final Ends ends;
  private final Optional<InputSize> size;
  private final List<String> notes;

  private Xception(Weights weights, Ends ends, Optional<InputSize> size, List<String> notes) {
    this.weights = weights;
    this.ends = ends;
    this.size = size;
    this.notes = notes;
  }

  private static Xception ofImageNet(Weights weights) {
    return new Xception(weights, Ends.IMAGENET, Optional.empty(), List.of());
  }

  /**
   * Returns the paper's network, never trained; the same for the same seed everywhere.
   *
   * @param width 1 for the paper's number of channels
   */
  public static Xception random(int classes, double width, long seed) {
    XceptionArchitecture architecture =
        new XceptionArchitecture(Flavour.KERAS, width, List.of(), classes);
    return ofImageNet(RandomWeights.of(architecture, seed));
  }

  /**
   * Reads weights or a whole model that Keras saved: {@code .h5}, {@code .weights.h5} and {@code
   * .keras} of Keras 2 and 3, with or without the last layers.
   *
   * @throws ModelException if the file is at fault
   */
  public static Xception fromKeras(Path file) {
    KerasModel model = KerasModel.read(file);
    return new Xception(model.weights(), model.ends(), model.size(), model.notes());
  }

  /**
   * Reads a PyTorch state_dict in a {@code .safetensors} file.
   *
   * @throws ModelException if the file is at fault
   */
  public static Xception fromTorch(Path file) {
    return ofImageNet(TorchWeights.read(file));
  }

  /** Returns the classes of the last layer; 0 for weights without one. */
  public int classes() {
    return weights.architecture().classes();
  }

  /** Returns what the file says of the model, and what was assumed, for people. */
  public List<String> notes() {
    return notes;
  }

  /**
   * Returns the side of the input that the file says; 299 if it says none.
   *
   * @throws ModelException if it is not square
   */
  public int size() {
    size.filter(known -> known.width() != known.height())
        .ifPresent(
            known -> {
              throw new ModelException(
                  "the input of the Keras model is "
                      + known
                      + " pixels; expected --size, its side");
            });
    return size.map(InputSize::width).orElse(SIZE);
  }

  /** Returns the number of values that training changes. */
  public long trainableParameters() {
    return weights.architecture().trainable();
  }

  /**
   * Returns the label model, batch normalisation folded.
   *
   * @param side of its square input, pixels, 71 or more
   * @throws ModelException if there is no last layer, or the labels are of another count
   * @throws IllegalArgumentException if the size is out of range
   */
  public ModelFile toModel(int side, PackageMetadata metadata) {
    if (classes() == 0) {
      throw new ModelException(
          "the weights have no classification layer (a 'notop' file), so nothing can be labelled"
              + " with them. Write them with --state-dict and fine-tune them with model/train.py");
    }
    return new ModelFile(XceptionGraph.write(weights, ends, side, metadata));
  }

  /**
   * Writes the weights, unfolded, as a safetensors state_dict for {@code model/train.py}.
   *
   * @throws ModelException if the file cannot be written, or the script knows no such head
   */
  public void saveStateDict(Path file) {
    if (!ends.equals(Ends.IMAGENET) || weights.architecture().hidden().size() > 1) {
      throw new ModelException(
          "model/train.py expects pixels of -1 to 1, at most two dense layers and a softmax; this"
              + " model has others: "
              + notes);
    }
    byte[] bytes = TorchWeights.toStateDict(weights).toBytes();
    AtomicFile.write(file, out -> out.write(bytes), written -> {});
  }
}
