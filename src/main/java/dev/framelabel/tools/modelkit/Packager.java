package dev.framelabel.tools.modelkit;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.framelabel.model.ModelException;
import dev.framelabel.model.ModelMetadata;
import dev.framelabel.tools.modelkit.Packaging.Result;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Makes a label model of an ONNX image classifier by adding nodes in front and behind. */
public final class Packager {
  private static final int FIRST_OPSET = 7;

  private final ModelProto model;
  private final Packaging packaging;

  private Packager(ModelProto model, Packaging packaging) {
    this.model = model;
    this.packaging = packaging;
  }

  /**
   * @throws ModelException if the model cannot be wrapped, with what was found
   */
  public static ModelFile wrap(ModelFile file, Packaging packaging) {
    return new ModelFile(new Packager(file.proto(), packaging).wrapped());
  }

  private ModelProto wrapped() {
    long opset = Inspector.opset(model);
    require(
        opset >= FIRST_OPSET,
        "the model is of opset " + opset,
        FIRST_OPSET + " or later: before, numbers were not spread over axes by themselves");
    ValueInfoProto input = onlyInput();
    checkInput(input);
    ValueInfoProto output = onlyOutput();
    int classes = checkOutput(output);
    packaging.metadata().checkCount(classes < 0 ? packaging.metadata().labels().size() : classes);
    ModelProto.Builder wrapped = model.toBuilder().setProducerName("framelabel");
    wrapped.setGraph(wrap(Renaming.withoutOurNames(model.getGraph()), index(input), output));
    packaging.metadata().writeTo(wrapped);
    return wrapped.build();
  }

  private int index(ValueInfoProto input) {
    return model.getGraph().getInputList().indexOf(input);
  }

  private GraphProto wrap(GraphProto body, int inputIndex, ValueInfoProto output) {
    String input = body.getInput(inputIndex).getName();
    String result = body.getOutput(0).getName();
    int size = packaging.size();
    GraphProto.Builder graph = body.toBuilder().clearNode().clearOutput().removeInput(inputIndex);
    graph.addInput(
        0, GraphWriter.value(ModelMetadata.INPUT, DataType.UINT8_VALUE, -1, size, size, 3));
    graph.addOutput(
        GraphWriter.value(
            ModelMetadata.OUTPUT, DataType.FLOAT_VALUE, -1, packaging.metadata().labels().size()));
    List<NodeProto> head =
        Wrapping.head(packaging.layout(), packaging.normalisation(), packaging.blueFirst());
    graph.addAllNode(head);
    // The network goes on reading its input by its old name.
    graph.addNode(
        GraphWriter.node("Identity", "original/input", List.of(Wrapping.NORMALISED), input));
    graph.addAllNode(body.getNodeList());
    boolean flatten = output.getType().getTensorType().getShape().getDimCount() != 2;
    graph.addAllNode(Wrapping.tail(result, flatten, isLogits(result, body)));
    return graph.build();
  }

  private boolean isLogits(String result, GraphProto body) {
    if (packaging.result() != Result.BY_LAST_NODE) {
      return packaging.result() == Result.LOGITS;
    }
    return body.getNodeList().stream()
        .filter(node -> node.getOutputList().contains(result))
        .noneMatch(node -> node.getOpType().equals("Softmax"));
  }

  private ValueInfoProto onlyInput() {
    Set<String> weights = new HashSet<>();
    for (TensorProto tensor : model.getGraph().getInitializerList()) {
      weights.add(tensor.getName());
    }
    List<ValueInfoProto> inputs =
        model.getGraph().getInputList().stream()
            .filter(input -> !weights.contains(input.getName()))
            .toList();
    require(
        inputs.size() == 1,
        "the model has " + inputs.size() + " inputs: " + texts(inputs),
        "one, the picture");
    return inputs.get(0);
  }

  private void checkInput(ValueInfoProto input) {
    TypeProto.Tensor type = input.getType().getTensorType();
    String found = "the model's input is " + Inspector.text(input);
    require(
        type.getElemType() == DataType.FLOAT_VALUE,
        found,
        type.getElemType() == DataType.UINT8_VALUE && input.getName().equals(ModelMetadata.INPUT)
            ? "float32. It looks like a label model already"
            : "float32");
    List<Dimension> sides = type.getShape().getDimList();
    boolean first = packaging.layout() == Layout.NCHW;
    String expected =
        first
            ? "[N, 3, " + packaging.size() + ", " + packaging.size() + "] for --layout nchw"
            : "[N, " + packaging.size() + ", " + packaging.size() + ", 3] for --layout nhwc";
    require(sides.size() == 4, found, expected);
    require(
        !sides.get(0).hasDimValue(),
        found + ", so its batch is fixed to " + sides.get(0).getDimValue(),
        "any number of frames. Export it with a dynamic first axis, in PyTorch with"
            + " dynamic_axes={\"input\": {0: \"N\"}}");
    boolean fits =
        fits(sides.get(first ? 1 : 3), 3)
            && fits(sides.get(first ? 2 : 1), packaging.size())
            && fits(sides.get(first ? 3 : 2), packaging.size());
    require(fits, found, expected);
  }

  private static boolean fits(Dimension side, long expected) {
    return !side.hasDimValue() || side.getDimValue() == expected;
  }

  private ValueInfoProto onlyOutput() {
    List<ValueInfoProto> outputs = model.getGraph().getOutputList();
    require(
        outputs.size() == 1,
        "the model has " + outputs.size() + " outputs: " + texts(outputs),
        "one, the classes");
    return outputs.get(0);
  }

  /** Returns the number of classes, -1 where the file leaves it open. */
  private int checkOutput(ValueInfoProto output) {
    TypeProto.Tensor type = output.getType().getTensorType();
    String found = "the model's output is " + Inspector.text(output);
    require(
        type.getElemType() == DataType.FLOAT_VALUE,
        found,
        "float32 [N, classes]; a list of maps (ZipMap) has to be left out when exporting");
    if (!type.hasShape()) {
      return -1;
    }
    List<Dimension> sides = type.getShape().getDimList();
    boolean fits =
        sides.size() >= 2 && sides.stream().skip(2).allMatch(side -> side.getDimValue() == 1);
    require(fits, found, "[N, classes], or [N, classes, 1, 1]");
    return sides.get(1).hasDimValue() ? (int) sides.get(1).getDimValue() : -1;
  }

  private static List<String> texts(List<ValueInfoProto> values) {
    return values.stream().map(Inspector::text).toList();
  }

  private static void require(boolean holds, String found, String expected) {
    if (!holds) {
      throw new ModelException("cannot package this model: " + found + "; expected " + expected);
    }
  }
}
