package dev.framelabel.tools.modelkit;

import static dev.framelabel.tools.modelkit.GraphWriter.number;
import static dev.framelabel.tools.modelkit.GraphWriter.numbers;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import dev.framelabel.model.ModelMetadata;
import java.util.ArrayList;
import java.util.List;

/**
 * The nodes around a network that make it a label model. They are valid from opset 7 on; their
 * constants are nodes too, because old files may not have tensors that are no inputs.
 */
final class Wrapping {
  /** Begins the name of every node and value made here. */
  static final String PREFIX = "framelabel/";

  /** Input of the network: float32, normalised, in its layout. */
  static final String NORMALISED = PREFIX + "normalised";

  /** Layer that makes probabilities of a network's result. */
  enum Activation {
    NONE,
    SOFTMAX,
    SIGMOID
  }

  private Wrapping() {}

  /** Returns the nodes from bytes to {@link #NORMALISED}. */
  static List<NodeProto> head(Layout layout, Normalisation normalisation, boolean bgr) {
    List<NodeProto> nodes = new ArrayList<>();
    nodes.add(
        node("Cast", "pixels", List.of(ModelMetadata.INPUT), number("to", DataType.FLOAT_VALUE)));
    String last = PREFIX + "pixels";
    if (layout == Layout.NCHW) {
      nodes.add(node("Transpose", "channels_first", List.of(last), numbers("perm", 0, 3, 1, 2)));
      last = PREFIX + "channels_first";
    }
    List<Integer> shape = layout == Layout.NCHW ? List.of(3, 1, 1) : List.of(3);
    nodes.add(constant("factor", shape, normalisation.factors()));
    nodes.add(node("Mul", "scaled", List.of(last, PREFIX + "factor")));
    nodes.add(constant("offset", shape, normalisation.offsets()));
    nodes.add(
        node("Add", bgr ? "shifted" : "normalised", List.of(PREFIX + "scaled", PREFIX + "offset")));
    if (bgr) {
      nodes.addAll(reversed(layout));
    }
    return nodes;
  }

  /** Returns nodes that put blue first. */
  private static List<NodeProto> reversed(Layout layout) {
    return List.of(
        node(
            "Constant",
            "order",
            List.of(),
            GraphWriter.tensor(GraphWriter.integers(PREFIX + "order", 2, 1, 0))),
        node(
            "Gather",
            "normalised",
            List.of(PREFIX + "shifted", PREFIX + "order"),
            number("axis", layout == Layout.NCHW ? 1 : 3)));
  }

  /**
   * Returns the nodes from the network's result to probabilities.
   *
   * @param flatten whether the result may have more axes than classes
   */
  static List<NodeProto> tail(String result, boolean flatten, Activation activation) {
    List<NodeProto> nodes = new ArrayList<>();
    String last = result;
    if (flatten) {
      nodes.add(node("Flatten", "flat", List.of(last), number("axis", 1)));
      last = PREFIX + "flat";
    }
    List<String> from = List.of(last);
    nodes.add(
        switch (activation) {
          case NONE -> toOutput("Identity", "result", from);
          case SOFTMAX -> toOutput("Softmax", "softmax", from, number("axis", 1));
          case SIGMOID -> toOutput("Sigmoid", "sigmoid", from);
        });
    return nodes;
  }

  private static NodeProto toOutput(
      String operator, String name, List<String> inputs, AttributeProto.Builder... attributes) {
    return GraphWriter.node(operator, PREFIX + name, inputs, ModelMetadata.OUTPUT, attributes);
  }

  private static NodeProto node(
      String operator, String name, List<String> inputs, AttributeProto.Builder... attributes) {
    return GraphWriter.node(operator, PREFIX + name, inputs, PREFIX + name, attributes);
  }

  private static NodeProto constant(String name, List<Integer> shape, float[] values) {
    return node(
        "Constant",
        name,
        List.of(),
        GraphWriter.tensor(GraphWriter.proto(PREFIX + name, new Tensor(shape, values))));
  }
}
