package dev.framelabel.tools.modelkit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.framelabel.model.ModelException;
import dev.framelabel.tools.modelkit.KerasFile.Layer;
import dev.framelabel.tools.modelkit.KerasGraph.Node;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleBinaryOperator;

/**
 * Xception in a file that Keras saved.
 *
 * @param ends what stands around the network
 * @param size of the input, where the file says it
 * @param notes what was read from the file's configuration, and what was assumed, for people
 */
record KerasModel(Weights weights, Ends ends, Optional<InputSize> size, List<String> notes) {
  KerasModel {
    notes = List.copyOf(notes);
  }

  /**
   * Reads weights alone, or a whole model: Xception, or one among other layers.
   *
   * @throws ModelException if the file cannot be read, weights are missing, or layers have no
   *     counterpart
   */
  static KerasModel read(Path file) {
    KerasFile keras = KerasFile.read(file);
    return keras.config().isMissingNode()
        ? new KerasModel(
            KerasWeights.of(keras.layers()),
            Ends.IMAGENET,
            Optional.empty(),
            List.of("weights alone: input -1 to 1, softmax behind the last layer (assumed)"))
        : new Reader(keras).model();
  }

  /** Returns whether layers of a class do nothing in inference. */
  static boolean isInactive(String kind) {
    // RandomCrop cuts the centre out in inference.
    return (kind.startsWith("Random") && !kind.equals("RandomCrop"))
        || kind.endsWith("Dropout")
        || kind.matches("SpatialDropout\\dD|GaussianNoise|ActivityRegularization")
        || kind.matches("RandAugment|AugMix|MixUp|CutMix");
  }

  /** Reader of a whole model. */
  private static final class Reader {
    private final KerasGraph graph;
    private final Map<String, List<Tensor>> tensors = new HashMap<>();
    private final boolean numbered;
    private final List<String> foreign = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final double[] scale = {1, 1, 1};
    private final double[] offset = {0, 0, 0};

    Reader(KerasFile file) {
      graph = new KerasGraph(file.config());
      numbered = file.numbered();
      file.layers().forEach(layer -> tensors.put(layer.name(), layer.tensors()));
    }

    KerasModel model() {
      boolean scaled = false;
      for (Node node : graph.front()) {
        scaled |= isScaling(node);
      }
      KerasHead head = new KerasHead(foreign);
      graph.head().forEach(node -> head.add(node, tensorsOf(node)));
      if (!graph.head().isEmpty()) {
        head.finish(graph.head().get(graph.head().size() - 1));
      }
      if (!foreign.isEmpty()) {
        throw new ModelException(
            "layers without a counterpart in a label model: %s; expected augmentation, Rescaling, Xception, GlobalAveragePooling2D, Dropout, BatchNormalization, and Dense with relu between them and softmax, sigmoid or nothing at the end"
                .formatted(String.join(", ", foreign)));
      }
      List<Layer> layers = new ArrayList<>();
      graph.base().stream()
          .filter(node -> !tensorsOf(node).isEmpty())
          .forEach(node -> layers.add(new Layer(node.name(), tensorsOf(node))));
      layers.addAll(head.dense());
      Normalisation pixels = scaled ? normalisation() : Normalisation.XCEPTION;
      describe(scaled, head);
      return new KerasModel(
          KerasWeights.of(layers), new Ends(pixels, head.activation()), size(), notes);
    }

    private List<Tensor> tensorsOf(Node node) {
      return tensors.getOrDefault(numbered ? node.stored() : node.path(), List.of());
    }

    private void describe(boolean scaled, KerasHead head) {
      notes.add("in front of Xception: " + graph.front());
      notes.add(
          scaled
              ? "pixels: 0 to 255 become %s to %s".formatted(range(0), range(255))
              : "pixels: the model has no Rescaling, so -1 to 1 is assumed, as Keras Applications do");
      notes.add("behind Xception: " + graph.head());
      notes.add(
          "output: "
              + head.activation().name().toLowerCase(Locale.ROOT)
              + (head.saysActivation() ? "" : " (assumed: the last layer has no activation)"));
    }

    private String range(int pixel) {
      double[] all = new double[3];
      Arrays.setAll(all, i -> (float) (pixel * scale[i] + offset[i]));
      return all[0] == all[1] && all[1] == all[2] ? String.valueOf(all[0]) : Arrays.toString(all);
    }

    private Normalisation normalisation() {
      List<Double> mean = new ArrayList<>();
      List<Double> std = new ArrayList<>();
      for (int i = 0; i < scale.length; i++) {
        mean.add(-offset[i] / scale[i]);
        std.add(1 / scale[i]);
      }
      return new Normalisation(1, mean, std);
    }

    private Optional<InputSize> size() {
      List<Integer> shape = graph.inputShape();
      return shape.size() == 3 && shape.get(0) > 0 && shape.get(1) > 0
          ? Optional.of(new InputSize(shape.get(1), shape.get(0)))
          : Optional.empty();
    }

    /** Applies a layer in front of Xception; returns whether it changes pixels. */
    private boolean isScaling(Node node) {
      String operation =
          node.kind().equals("TFOpLambda") ? node.config().path("function").asText() : node.kind();
      switch (operation) {
        case "Rescaling" -> {
          apply(node, node.config().path("scale"), (x, y) -> x * y, true);
          apply(node, node.config().path("offset"), (x, y) -> x + y, false);
        }
        case "TrueDivide", "Divide", "math.truediv", "math.divide" ->
            apply(node, constant(node), (x, y) -> x / y, true);
        case "Multiply", "math.multiply" -> apply(node, constant(node), (x, y) -> x * y, true);
        case "Subtract", "math.subtract" -> apply(node, constant(node), (x, y) -> x - y, false);
        case "Add", "math.add" -> apply(node, constant(node), (x, y) -> x + y, false);
        default -> {
          if (!isInactive(node.kind())) {
            foreign.add(node.toString());
          }
          return false;
        }
      }
      return true;
    }

    /** Returns what an operation of Keras 3 or 2 does with the picture. */
    private static JsonNode constant(Node node) {
      JsonNode call = node.call().path(0);
      return call.has("args") ? call.path("args").path(1) : call.path(3).path("y");
    }

    private void apply(Node node, JsonNode numbers, DoubleBinaryOperator operator, boolean factor) {
      boolean one = numbers.isNumber();
      if (!one && !(numbers.isArray() && numbers.size() == 3)) {
        foreign.add(node.toString());
        return;
      }
      for (int i = 0; i < scale.length; i++) {
        double number = one ? numbers.asDouble() : numbers.get(i).asDouble();
        scale[i] = factor ? operator.applyAsDouble(scale[i], number) : scale[i];
        offset[i] = operator.applyAsDouble(offset[i], number);
      }
    }
  }
}
