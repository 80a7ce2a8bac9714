package dev.framelabel.tools.modelkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Xception (Chollet 2017, arXiv:1610.02357): its layers and their sizes.
 *
 * @param flavour padding and epsilon
 * @param width 1 for the paper's network; 0.25 has a quarter of its channels in every layer
 * @param hidden neurons of each layer before the last one; none in the paper
 * @param classes of the last layer; 0: the network ends with the pooled features
 */
record XceptionArchitecture(Flavour flavour, double width, List<Integer> hidden, int classes) {
  /** The smallest picture that leaves something to pool. */
  static final int SMALLEST_SIZE = 71;

  private static final List<Integer> MIDDLE = IntStream.rangeClosed(5, 12).boxed().toList();

  XceptionArchitecture {
    if (!(width > 0) || width > 4) {
      throw new IllegalArgumentException("width is " + width + "; expected above 0, at most 4");
    }
    hidden = List.copyOf(hidden);
    if (classes < 0 || hidden.stream().anyMatch(neurons -> neurons < 1)) {
      throw new IllegalArgumentException(
          "hidden neurons "
              + hidden
              + ", classes "
              + classes
              + "; expected 1 or more, and 0 or more");
    }
  }

  /**
   * Returns the channels of a layer that has {@code paper} in the paper; halves go to the even
   * side.
   */
  private int channels(int paper) {
    return (int) Math.max(1, Math.rint(paper * width));
  }

  /** Returns the features that the last layers see. */
  int features() {
    return channels(2048);
  }

  /**
   * Returns all layers with weights, in the order of the data flow; a shortcut comes after its
   * block.
   */
  List<Unit> units() {
    List<Unit> all = new ArrayList<>();
    all.add(Unit.convolution("block1_conv1", 3, channels(32), 3, 2));
    all.add(Unit.convolution("block1_conv2", channels(32), channels(64), 3, 1));
    addReducing(all, "block2", 64, 128, 128);
    addReducing(all, "block3", 128, 256, 256);
    addReducing(all, "block4", 256, 728, 728);
    for (int block : MIDDLE) {
      for (int layer = 1; layer <= 3; layer++) {
        String name = "block" + block + "_sepconv" + layer;
        all.add(Unit.separable(name, channels(728), channels(728)));
      }
    }
    addReducing(all, "block13", 728, 728, 1024);
    all.add(Unit.separable("block14_sepconv1", channels(1024), channels(1536)));
    all.add(Unit.separable("block14_sepconv2", channels(1536), channels(2048)));
    all.addAll(head());
    return all;
  }

  /** Adds a residual block that halves the picture. */
  private void addReducing(List<Unit> all, String block, int in, int between, int out) {
    all.add(Unit.separable(block + "_sepconv1", channels(in), channels(between)));
    all.add(Unit.separable(block + "_sepconv2", channels(between), channels(out)));
    all.add(Unit.convolution(block + "_shortcut", channels(in), channels(out), 1, 2));
  }

  /** Returns the dense layers; the last one is {@code predictions}, if there are classes. */
  List<Unit> head() {
    List<Unit> head = new ArrayList<>();
    int in = features();
    for (int neurons : hidden) {
      head.add(Unit.dense(head.isEmpty() ? "dense" : "dense" + (head.size() + 1), in, neurons));
      in = neurons;
    }
    if (classes > 0) {
      head.add(Unit.dense("predictions", in, classes));
    }
    return head;
  }

  Unit unit(String name) {
    Optional<Unit> found = units().stream().filter(unit -> unit.name().equals(name)).findFirst();
    return found.orElseThrow(() -> new IllegalArgumentException("there is no layer " + name));
  }

  List<Parameter> parameters() {
    return units().stream().flatMap(unit -> unit.parameters().stream()).toList();
  }

  /** Returns the number of values that training changes. */
  long trainable() {
    return parameters().stream().filter(p -> !p.statistic()).mapToLong(Parameter::count).sum();
  }

  /** Returns the number of means and variances of the batch normalisations. */
  long statistics() {
    return parameters().stream().filter(Parameter::statistic).mapToLong(Parameter::count).sum();
  }
}
