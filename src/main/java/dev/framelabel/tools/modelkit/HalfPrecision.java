package dev.framelabel.tools.modelkit;

import static dev.framelabel.tools.modelkit.GraphWriter.number;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnxruntime.platform.Fp16Conversions;
import com.google.protobuf.ByteString;
import dev.framelabel.model.ModelException;
import dev.framelabel.model.ModelMetadata;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Conversion of a label model to half precision. Normalising and softmax stay float32, so do input
 * and output. Numbers beyond 65504, the largest half, become that.
 */
final class HalfPrecision {
  private static final float LARGEST = 65504;

  private final Set<String> wrapping = new HashSet<>();
  private final Set<String> keptFloat = new HashSet<>();
  private final Map<String, String> casts = new HashMap<>();
  private final List<NodeProto> nodes = new ArrayList<>();

  private HalfPrecision() {}

  /**
   * Returns the model in half precision; leaves the given one unchanged.
   *
   * @param model a label model from this package
   * @throws ModelException if it holds what has no simple form in half precision
   */
  static ModelProto of(ModelProto model) {
    return model.toBuilder().setGraph(new HalfPrecision().convert(model.getGraph())).build();
  }

  private GraphProto convert(GraphProto graph) {
    for (NodeProto node : graph.getNodeList()) {
      if (isWrapping(node)) {
        wrapping.addAll(node.getOutputList());
      }
      if (node.getOpType().equals("Resize") || node.getOpType().equals("Upsample")) {
        keptFloat.addAll(node.getInputList().subList(1, node.getInputCount()));
      }
    }
    GraphProto.Builder half = graph.toBuilder().clearInitializer().clearNode().clearValueInfo();
    for (TensorProto tensor : graph.getInitializerList()) {
      half.addInitializer(keptFloat.contains(tensor.getName()) ? tensor : toHalf(tensor));
    }
    for (NodeProto node : graph.getNodeList()) {
      nodes.add(isWrapping(node) ? withFloatInputs(node) : inHalf(node));
    }
    half.addAllNode(nodes);
    for (int i = 0; i < half.getInputCount(); i++) {
      var type = half.getInputBuilder(i).getTypeBuilder().getTensorTypeBuilder();
      boolean isWeights = !half.getInput(i).getName().equals(ModelMetadata.INPUT);
      if (isWeights && type.getElemType() == DataType.FLOAT_VALUE) {
        type.setElemType(DataType.FLOAT16_VALUE);
      }
    }
    return half.build();
  }

  private static boolean isWrapping(NodeProto node) {
    return node.getName().startsWith(Wrapping.PREFIX);
  }

  /** Returns a node of ours with the network's result cast back to float32. */
  private NodeProto withFloatInputs(NodeProto node) {
    NodeProto.Builder changed = node.toBuilder();
    for (int i = 0; i < node.getInputCount(); i++) {
      String input = node.getInput(i);
      if (!wrapping.contains(input) && !input.equals(ModelMetadata.INPUT)) {
        changed.setInput(i, cast(input, DataType.FLOAT_VALUE));
      }
    }
    return changed.build();
  }

  private NodeProto inHalf(NodeProto node) {
    NodeProto.Builder changed = node.toBuilder().clearAttribute();
    for (int i = 0; i < node.getInputCount(); i++) {
      if (wrapping.contains(node.getInput(i))) {
        changed.setInput(i, cast(node.getInput(i), DataType.FLOAT16_VALUE));
      }
    }
    for (AttributeProto attribute : node.getAttributeList()) {
      changed.addAttribute(keepsFloat(node) ? attribute : inHalf(node, attribute));
    }
    if (node.getOpType().equals("ConstantOfShape") && node.getAttributeCount() == 0) {
      changed.addAttribute(
          GraphWriter.tensor(toHalf(GraphWriter.proto("", new Tensor(List.of(1), new float[1])))));
    }
    return changed.build();
  }

  private boolean keepsFloat(NodeProto node) {
    return node.getOpType().equals("Constant") && keptFloat.contains(node.getOutput(0));
  }

  private static AttributeProto inHalf(NodeProto node, AttributeProto attribute) {
    if (attribute.hasG() || attribute.getGraphsCount() > 0) {
      throw new ModelException(
          "node %s (%s) holds a graph of its own; such models cannot be made fp16 here, use fp32"
              .formatted(node.getName(), node.getOpType()));
    }
    if (attribute.hasT()) {
      return attribute.toBuilder().setT(toHalf(attribute.getT())).build();
    }
    boolean toFloat = attribute.getName().equals("to") && attribute.getI() == DataType.FLOAT_VALUE;
    if (node.getOpType().equals("Cast") && toFloat) {
      return attribute.toBuilder().setI(DataType.FLOAT16_VALUE).build();
    }
    if (node.getOpType().equals("Constant") && attribute.getName().startsWith("value_float")) {
      boolean scalar = attribute.getName().equals("value_float");
      int count = scalar ? 1 : attribute.getFloatsCount();
      float[] values = new float[count];
      for (int i = 0; i < count; i++) {
        values[i] = scalar ? attribute.getF() : attribute.getFloats(i);
      }
      Tensor tensor = new Tensor(scalar ? List.of() : List.of(count), values);
      return GraphWriter.tensor(toHalf(GraphWriter.proto("", tensor))).build();
    }
    return attribute;
  }

  private String cast(String value, int type) {
    return casts.computeIfAbsent(
        value,
        name -> {
          String cast =
              Wrapping.PREFIX + (type == DataType.FLOAT_VALUE ? "float/" : "half/") + name;
          nodes.add(GraphWriter.node("Cast", cast, List.of(name), cast, number("to", type)));
          return cast;
        });
  }

  private static TensorProto toHalf(TensorProto tensor) {
    if (tensor.getDataType() != DataType.FLOAT_VALUE) {
      return tensor;
    }
    float[] values = floats(tensor);
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      float within = Math.max(-LARGEST, Math.min(LARGEST, value));
      bytes.putShort(Fp16Conversions.floatToFp16(within));
    }
    return tensor.toBuilder()
        .clearFloatData()
        .setDataType(DataType.FLOAT16_VALUE)
        .setRawData(ByteString.copyFrom(bytes.flip()))
        .build();
  }

  private static float[] floats(TensorProto tensor) {
    if (tensor.getRawData().isEmpty()) {
      float[] values = new float[tensor.getFloatDataCount()];
      for (int i = 0; i < values.length; i++) {
        values[i] = tensor.getFloatData(i);
      }
      return values;
    }
    ByteBuffer bytes = tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(values);
    return values;
  }
}
