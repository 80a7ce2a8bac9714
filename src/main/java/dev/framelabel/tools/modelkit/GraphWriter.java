package dev.framelabel.tools.modelkit;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/** Writer of nodes and tensors of an ONNX graph. Every node has one output, named like the node. */
final class GraphWriter {
  private final GraphProto.Builder graph = GraphProto.newBuilder();

  GraphProto.Builder graph() {
    return graph;
  }

  /** Adds a node and returns the name of its output. */
  String node(
      String operator, String name, List<String> inputs, AttributeProto.Builder... attributes) {
    graph.addNode(node(operator, name, inputs, name, attributes));
    return name;
  }

  static NodeProto node(
      String operator,
      String name,
      List<String> inputs,
      String output,
      AttributeProto.Builder... attributes) {
    NodeProto.Builder node =
        NodeProto.newBuilder()
            .setOpType(operator)
            .setName(name)
            .addAllInput(inputs)
            .addOutput(output);
    for (AttributeProto.Builder attribute : attributes) {
      node.addAttribute(attribute);
    }
    return node.build();
  }

  /** Adds a tensor and returns its name. */
  String tensor(String name, Tensor tensor) {
    graph.addInitializer(proto(name, tensor));
    return name;
  }

  static TensorProto proto(String name, Tensor tensor) {
    ByteBuffer bytes =
        ByteBuffer.allocate(tensor.values().length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(tensor.values());
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(TensorProto.DataType.FLOAT_VALUE)
        .addAllDims(tensor.shape().stream().map(Integer::longValue).toList())
        .setRawData(ByteString.copyFrom(bytes))
        .build();
  }

  static TensorProto integers(String name, long... values) {
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(TensorProto.DataType.INT64_VALUE)
        .addDims(values.length)
        .addAllInt64Data(Arrays.stream(values).boxed().toList())
        .build();
  }

  static AttributeProto.Builder number(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value);
  }

  static AttributeProto.Builder numbers(String name, long... values) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INTS)
        .addAllInts(Arrays.stream(values).boxed().toList());
  }

  static AttributeProto.Builder tensor(TensorProto value) {
    return AttributeProto.newBuilder()
        .setName("value")
        .setType(AttributeProto.AttributeType.TENSOR)
        .setT(value);
  }

  /**
   * Describes an input or output.
   *
   * @param shape -1 stands for any number of frames
   */
  static ValueInfoProto value(String name, int type, long... shape) {
    TypeProto.Tensor.Builder tensor = TypeProto.Tensor.newBuilder().setElemType(type);
    for (long side : shape) {
      var dimension = tensor.getShapeBuilder().addDimBuilder();
      if (side < 0) {
        dimension.setDimParam("N");
      } else {
        dimension.setDimValue(side);
      }
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }
}
