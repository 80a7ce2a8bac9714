package dev.framelabel.tools.modelkit;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * Counter of the multiply-accumulates of convolutions and matrix products for one picture. Follows
 * shapes through the operators that image classifiers use; where it cannot, it reports at which
 * node it stopped.
 */
final class MacCounter {
  /** Operators whose output has the shape of their first input. */
  private static final Set<String> KEEP_THE_SHAPE =
      Set.of(
          ("Relu Cast Clip Sigmoid LeakyRelu Identity Softmax Elu Tanh "
                  + "BatchNormalization Dropout HardSigmoid HardSwish PRelu Erf Sqrt Selu "
                  + "Exp Neg Mish Gelu LRN LayerNormalization Gather")
              .split(" ", -1));

  private final Map<String, long[]> shapes = new HashMap<>();
  private final Map<String, TensorProto> tensors = new HashMap<>();
  private final Map<String, Long> byNode = new LinkedHashMap<>();
  private String obstacle = "";

  private MacCounter() {}

  static MacCounter count(GraphProto graph) {
    MacCounter counter = new MacCounter();
    for (TensorProto tensor : graph.getInitializerList()) {
      counter.add(tensor.getName(), tensor);
    }
    graph.getInputList().forEach(counter::addInput);
    for (NodeProto node : graph.getNodeList()) {
      counter.visit(node);
    }
    return counter;
  }

  /** Returns the counts by the name of the node, or of its output where it has none. */
  Map<String, Long> byNode() {
    return byNode;
  }

  /** Returns why the count is not whole; empty if it is. */
  String obstacle() {
    return obstacle;
  }

  private void add(String name, TensorProto tensor) {
    tensors.put(name, tensor);
    shapes.put(name, tensor.getDimsList().stream().mapToLong(Long::longValue).toArray());
  }

  /** Adds an input for one picture; an input whose sides are open has no shape to count with. */
  private void addInput(ValueInfoProto input) {
    long[] shape =
        input.getType().getTensorType().getShape().getDimList().stream()
            .mapToLong(side -> side.getDimValue())
            .toArray();
    if (LongStream.of(shape).skip(1).allMatch(side -> side > 0) && shape.length > 0) {
      shape[0] = 1;
      shapes.putIfAbsent(input.getName(), shape);
    }
  }

  private void visit(NodeProto node) {
    if (node.getOpType().equals("Constant")) {
      node.getAttributeList().stream()
          .filter(AttributeProto::hasT)
          .forEach(attribute -> add(node.getOutput(0), attribute.getT()));
      return;
    }
    long[][] inputs = node.getInputList().stream().map(shapes::get).toArray(long[][]::new);
    boolean costs = List.of("Conv", "Gemm", "MatMul").contains(node.getOpType());
    try {
      long[] shape = inputs.length == 0 || inputs[0] == null ? null : shape(node, inputs);
      if (shape != null) {
        shapes.put(node.getOutput(0), shape);
      }
      if (shape != null && costs) {
        byNode.put(name(node), product(shape) * depth(node, inputs));
        return;
      }
      if (costs && obstacle.isEmpty()) {
        obstacle = "the shape at node " + name(node) + " (" + node.getOpType() + ") is not known";
      }
    } catch (IndexOutOfBoundsException | ArithmeticException | NullPointerException e) {
      // A malformed node has no shape; ONNX Runtime is the one to refuse it.
      obstacle = "node " + name(node) + " (" + node.getOpType() + ") is malformed";
    }
  }

  private static String name(NodeProto node) {
    return node.getName().isEmpty() ? node.getOutput(0) : node.getName();
  }

  /** Returns the multiplications for each number of the output. */
  private static long depth(NodeProto node, long[][] inputs) {
    long[] weights = inputs[1];
    return switch (node.getOpType()) {
      case "Conv" -> product(weights) / weights[0];
      case "Gemm" -> weights[number(node, "transB", 0) == 1 ? 1 : 0];
      default -> inputs[0][inputs[0].length - 1];
    };
  }

  /** Returns the output's shape, or null where it cannot be told. */
  private long[] shape(NodeProto node, long[][] in) {
    return switch (node.getOpType()) {
      case "Add", "Sub", "Mul", "Div", "Pow", "Max", "Min" -> broadcast(in);
      case "Transpose" -> transposed(node, in[0]);
      case "Conv" -> spatial(node, in[0], in[1][0], Arrays.copyOfRange(in[1], 2, in[1].length));
      case "MaxPool", "AveragePool" ->
          spatial(node, in[0], in[0][1], numbers(node, "kernel_shape"));
      case "GlobalAveragePool", "GlobalMaxPool" -> new long[] {in[0][0], in[0][1], 1, 1};
      case "ReduceMean" -> reduced(node, in[0]);
      case "Flatten" -> new long[] {in[0][0], product(in[0]) / in[0][0]};
      case "Reshape" -> reshaped(in[0], tensors.get(node.getInput(1)));
      case "Squeeze" -> LongStream.of(in[0]).filter(side -> side != 1).toArray();
      case "Gemm" -> new long[] {in[0][0], in[1][number(node, "transB", 0) == 1 ? 0 : 1]};
      case "MatMul" -> matrix(in);
      case "Concat" -> joined(node, in);
      default -> KEEP_THE_SHAPE.contains(node.getOpType()) ? in[0] : null;
    };
  }

  private static long[] matrix(long[][] in) {
    long[] shape = in[0].clone();
    shape[shape.length - 1] = in[1][in[1].length - 1];
    return shape;
  }

  private static long[] broadcast(long[][] in) {
    long[] larger = in[0].length >= in[1].length ? in[0].clone() : in[1].clone();
    long[] other = in[0].length >= in[1].length ? in[1] : in[0];
    int shift = larger.length - other.length;
    for (int axis = 0; axis < other.length; axis++) {
      larger[axis + shift] = Math.max(larger[axis + shift], other[axis]);
    }
    return larger;
  }

  private static long[] transposed(NodeProto node, long[] in) {
    return LongStream.of(numbers(node, "perm")).map(axis -> in[(int) axis]).toArray();
  }

  private static long[] reduced(NodeProto node, long[] in) {
    long[] axes = numbers(node, "axes");
    if (axes.length == 0) {
      return null;
    }
    long[] shape = in.clone();
    for (long axis : axes) {
      shape[(int) (axis < 0 ? axis + in.length : axis)] = 1;
    }
    boolean kept = number(node, "keepdims", 1) == 1;
    return kept ? shape : new long[] {in[0], product(shape) / in[0]};
  }

  private static long[] reshaped(long[] in, TensorProto target) {
    if (target == null) {
      return null;
    }
    long[] shape = target.getInt64DataList().stream().mapToLong(Long::longValue).toArray();
    if (!target.getRawData().isEmpty()) {
      var raw =
          target.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
      shape = new long[raw.remaining()];
      raw.get(shape);
    }
    long known = 1;
    for (int axis = 0; axis < shape.length; axis++) {
      shape[axis] = shape[axis] == 0 ? in[axis] : shape[axis];
      known *= shape[axis] > 0 ? shape[axis] : 1;
    }
    for (int axis = 0; axis < shape.length; axis++) {
      shape[axis] = shape[axis] < 0 ? product(in) / known : shape[axis];
    }
    return shape;
  }

  private static long[] joined(NodeProto node, long[][] in) {
    int axis = (int) number(node, "axis", 1);
    axis = axis < 0 ? axis + in[0].length : axis;
    long[] shape = in[0].clone();
    for (int other = 1; other < in.length; other++) {
      shape[axis] += in[other][axis];
    }
    return shape;
  }

  /** Returns the shape behind a convolution or pooling over rows and columns. */
  private static long[] spatial(NodeProto node, long[] in, long channels, long[] kernel) {
    long[] pads = numbers(node, "pads");
    long[] strides = numbers(node, "strides");
    long[] dilations = numbers(node, "dilations");
    String auto =
        node.getAttributeList().stream()
            .filter(attribute -> attribute.getName().equals("auto_pad"))
            .map(attribute -> attribute.getS().toStringUtf8())
            .findFirst()
            .orElse("NOTSET");
    boolean ceil = number(node, "ceil_mode", 0) == 1;
    long[] shape = in.clone();
    shape[1] = channels;
    for (int axis = 0; axis < kernel.length; axis++) {
      long stride = strides.length == 0 ? 1 : strides[axis];
      long dilation = dilations.length == 0 ? 1 : dilations[axis];
      long reach = (kernel[axis] - 1) * dilation + 1;
      long padding = pads.length == 0 ? 0 : pads[axis] + pads[axis + kernel.length];
      long room = in[axis + 2] + padding - reach;
      boolean same = auto.startsWith("SAME");
      shape[axis + 2] =
          same
              ? (in[axis + 2] + stride - 1) / stride
              : (room + (ceil ? stride - 1 : 0)) / stride + 1;
    }
    return shape;
  }

  private static long product(long[] shape) {
    return LongStream.of(shape).reduce(1, (a, b) -> a * b);
  }

  private static long number(NodeProto node, String name, long otherwise) {
    return node.getAttributeList().stream()
        .filter(attribute -> attribute.getName().equals(name))
        .mapToLong(AttributeProto::getI)
        .findFirst()
        .orElse(otherwise);
  }

  private static long[] numbers(NodeProto node, String name) {
    return node.getAttributeList().stream()
        .filter(attribute -> attribute.getName().equals(name))
        .flatMap(attribute -> attribute.getIntsList().stream())
        .mapToLong(Long::longValue)
        .toArray();
  }
}
