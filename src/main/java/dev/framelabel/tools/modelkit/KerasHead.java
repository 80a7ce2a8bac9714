package dev.framelabel.tools.modelkit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.framelabel.model.ModelException;
import dev.framelabel.tools.modelkit.KerasFile.Layer;
import dev.framelabel.tools.modelkit.KerasGraph.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The layers behind Xception as dense ones with a ReLU between them: batch normalisations become
 * part of their neighbour, and what is inactive in inference is left out.
 */
final class KerasHead {
  private final List<Layer> dense = new ArrayList<>();
  private final List<String> foreign;
  private boolean pooled;
  private boolean activated;
  private String end = "linear";

  /** A batch normalisation that no layer holds yet; null: none. */
  private Affine waiting;

  /** {@code x * scale + shift} for each channel. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Affine(double[] scale, double[] shift) {
    Affine then(Affine next) {
      return new Affine(
          map(i -> scale[i] * next.scale[i]), map(i -> shift[i] * next.scale[i] + next.shift[i]));
    }

    private double[] map(IntToDoubleFunction of) {
      return IntStream.range(0, scale.length).mapToDouble(of).toArray();
    }
  }

  /**
   * @param foreign collects layers without a counterpart
   */
  KerasHead(List<String> foreign) {
    this.foreign = foreign;
  }

  /** Returns the dense layers, each with kernel and bias; none for a network without head. */
  List<Layer> dense() {
    return dense;
  }

  /** Returns what makes probabilities of the last layer's numbers. */
  Wrapping.Activation activation() {
    boolean isOne = !dense.isEmpty() && bias(dense.get(dense.size() - 1)).length == 1;
    return end.equals("sigmoid") || isOne
        ? Wrapping.Activation.SIGMOID
        : Wrapping.Activation.SOFTMAX;
  }

  /** Returns whether the last layer's activation is part of the model. */
  boolean saysActivation() {
    return !end.equals("linear");
  }

  void add(Node node, List<Tensor> tensors) {
    boolean fits =
        switch (node.kind()) {
          case "GlobalAveragePooling2D" -> pool();
          case "Flatten" -> pooled;
          case "Dense" -> dense(node, tensors);
          case "BatchNormalization" -> normalise(node, tensors);
          case "Activation" -> activate(node.config().path("activation"));
          case "Softmax" -> activate("softmax");
          case "ReLU" -> isPlain(node.config()) && activate("relu");
          default -> KerasModel.isInactive(node.kind());
        };
    if (!fits) {
      JsonNode activation = node.config().path("activation");
      foreign.add(node + (activation.isTextual() ? " with " + activation.asText() : ""));
    }
  }

  /** Notes an end that no label model has: an activation too many, or a softmax of one class. */
  void finish(Node last) {
    if (waiting != null
        || activated
        || (end.equals("softmax") && activation() != Wrapping.Activation.SOFTMAX)) {
      foreign.add(last + " as the last layer");
    }
  }

  private boolean pool() {
    boolean first = !pooled;
    pooled = true;
    return first;
  }

  private static boolean isPlain(JsonNode relu) {
    return relu.path("max_value").asDouble() == 0
        && relu.path("negative_slope").asDouble() == 0
        && relu.path("threshold").asDouble() == 0;
  }

  private boolean dense(Node node, List<Tensor> tensors) {
    boolean fits = pooled && !saysActivation() && (dense.isEmpty() || activated);
    if (tensors.isEmpty() || tensors.get(0).shape().size() != 2) {
      throw new ModelException("layer " + node + " has no kernel of two axes in the file");
    }
    Tensor kernel = tensors.get(0);
    int in = kernel.shape().get(0);
    int out = kernel.shape().get(1);
    float[] bias = tensors.size() > 1 ? tensors.get(1).values() : new float[out];
    checkCount(node, bias.length, out);
    float[] scaled = kernel.values().clone();
    double[] shifted = IntStream.range(0, out).mapToDouble(i -> bias[i]).toArray();
    if (waiting != null) {
      checkCount(node, waiting.scale.length, in);
      for (int at = 0; at < scaled.length; at++) {
        shifted[at % out] += waiting.shift[at / out] * scaled[at];
        scaled[at] = (float) (scaled[at] * waiting.scale[at / out]);
      }
      waiting = null;
    }
    put(node, new Tensor(kernel.shape(), scaled), shifted);
    activated = false;
    return activate(node.config().path("activation")) && fits;
  }

  private void put(Node node, Tensor kernel, double[] bias) {
    float[] rounded = new float[bias.length];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = (float) bias[i];
    }
    dense.add(
        new Layer(node.name(), List.of(kernel, new Tensor(List.of(rounded.length), rounded))));
  }

  private static float[] bias(Layer layer) {
    return layer.tensors().get(1).values();
  }

  private static void checkCount(Node node, int found, int expected) {
    if (found != expected) {
      throw new ModelException(
          "weights of layer %s have %s numbers; expected %s".formatted(node, found, expected));
    }
  }

  private boolean normalise(Node node, List<Tensor> tensors) {
    Affine affine = affine(node, tensors);
    if (dense.isEmpty() || activated) {
      waiting = waiting == null ? affine : waiting.then(affine);
    } else {
      Layer before = dense.remove(dense.size() - 1);
      Tensor kernel = before.tensors().get(0);
      float[] bias = bias(before);
      checkCount(node, affine.scale.length, bias.length);
      float[] scaled = kernel.values().clone();
      for (int at = 0; at < scaled.length; at++) {
        scaled[at] = (float) (scaled[at] * affine.scale[at % bias.length]);
      }
      double[] shifted =
          IntStream.range(0, bias.length)
              .mapToDouble(i -> bias[i] * affine.scale[i] + affine.shift[i])
              .toArray();
      put(node, new Tensor(kernel.shape(), scaled), shifted);
    }
    return !saysActivation();
  }

  /** Returns a batch normalisation in inference; Keras may leave gamma or beta out. */
  private static Affine affine(Node node, List<Tensor> tensors) {
    boolean scales = node.config().path("scale").asBoolean(true);
    boolean centres = node.config().path("center").asBoolean(true);
    int expected = 2 + (scales ? 1 : 0) + (centres ? 1 : 0);
    checkCount(node, tensors.size(), expected);
    float[] mean = tensors.get(expected - 2).values();
    float[] variance = tensors.get(expected - 1).values();
    tensors.forEach(tensor -> checkCount(node, tensor.values().length, mean.length));
    double epsilon = node.config().path("epsilon").asDouble(1e-3);
    double[] scale = new double[mean.length];
    double[] shift = new double[mean.length];
    for (int i = 0; i < scale.length; i++) {
      scale[i] = (scales ? tensors.get(0).values()[i] : 1) / Math.sqrt(variance[i] + epsilon);
      shift[i] = (centres ? tensors.get(scales ? 1 : 0).values()[i] : 0) - mean[i] * scale[i];
    }
    return new Affine(scale, shift);
  }

  /** Keras 3 saves the name of a function, or an object with it. */
  private boolean activate(JsonNode activation) {
    return activate(
        activation.isTextual() ? activation.asText() : activation.path("config").asText("linear"));
  }

  private boolean activate(String activation) {
    boolean free = !dense.isEmpty() && !activated && !saysActivation();
    switch (activation) {
      case "linear" -> {
        return true;
      }
      case "relu" -> activated = true;
      case "softmax", "sigmoid" -> end = activation;
      default -> {
        return false;
      }
    }
    return free;
  }
}
