package dev.framelabel.tools.modelkit;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.framelabel.model.LabelTask;
import dev.framelabel.model.ModelException;
import dev.framelabel.model.ModelMetadata;
import dev.framelabel.tools.modelkit.Wrapping.Activation;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Packager that makes a label model of an ONNX image classifier by adding nodes in front and
 * behind.
 */
public final class Packager {
  private static final int FIRST_OPSET = 7;

  private final ModelProto model;
  private final Packaging packaging;

  /**
   * A label model.
   *
   * @param measured a sentence: what a trial run showed of the classifier's output
   */
  public record Packaged(ModelFile model, String measured) {}

  private Packager(ModelProto model, Packaging packaging) {
    this.model = model;
    this.packaging = packaging;
  }

  /**
   * Runs the classifier on made-up pictures to see what it gives.
   *
   * @throws ModelException if the model cannot be wrapped, with what was found
   */
  public static Packaged wrap(ModelFile file, Packaging packaging) {
    Packager packager = new Packager(file.proto(), packaging);
    packager.check();
    ModelFile asItIs = packager.wrapped(Activation.NONE, LabelTask.MULTI_LABEL);
    TrialRows.Head head = asItIs.<TrialRows>whileSaved(TrialRun::of).head(packaging.result());
    return new Packaged(
        head.activation() == Activation.NONE && head.task() == LabelTask.MULTI_LABEL
            ? asItIs
            : packager.wrapped(head.activation(), head.task()),
        head.measured());
  }

  /** Returns the number of classes, -1 where the file leaves it open. */
  static int classes(ModelFile file) {
    Packager packager = new Packager(file.proto(), null);
    return packager.checkOutput(packager.onlyOutput());
  }

  private void check() {
    long opset = Inspector.opset(model);
    require(
        opset >= FIRST_OPSET,
        "the model is of opset " + opset,
        FIRST_OPSET + " or later: before, numbers were not spread over axes by themselves");
    checkInput(onlyInput());
    int classes = checkOutput(onlyOutput());
    packaging.metadata().checkCount(classes < 0 ? packaging.metadata().labels().size() : classes);
  }

  private ModelFile wrapped(Activation activation, LabelTask task) {
    ModelProto.Builder wrapped = model.toBuilder().setProducerName("framelabel");
    wrapped.setGraph(wrap(Renaming.withoutOurNames(model.getGraph()), activation));
    packaging.metadata().writeTo(wrapped, task);
    return new ModelFile(wrapped.build());
  }

  private GraphProto wrap(GraphProto body, Activation activation) {
    int inputIndex = model.getGraph().getInputList().indexOf(onlyInput());
    String input = body.getInput(inputIndex).getName();
    String result = body.getOutput(0).getName();
    InputSize size = packaging.size();
    GraphProto.Builder graph = body.toBuilder().clearNode().clearOutput().removeInput(inputIndex);
    if (onlyInput().getType().getTensorType().getShape().getDim(0).hasDimValue()) {
      // They say that the batch is fixed between nodes, too.
      graph.clearValueInfo();
    }
    graph.addInput(
        0,
        GraphWriter.value(
            ModelMetadata.INPUT, DataType.UINT8_VALUE, -1, size.height(), size.width(), 3));
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
    boolean flatten = onlyOutput().getType().getTensorType().getShape().getDimCount() != 2;
    graph.addAllNode(Wrapping.tail(result, flatten, activation));
    return graph.build();
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
    InputSize size = packaging.size();
    String expected =
        first
            ? "[N, 3, " + size.height() + ", " + size.width() + "] for --layout nchw"
            : "[N, " + size.height() + ", " + size.width() + ", 3] for --layout nhwc";
    require(sides.size() == 4, found, expected);
    boolean fits =
        fits(sides.get(first ? 1 : 3), 3)
            && fits(sides.get(first ? 2 : 1), size.height())
            && fits(sides.get(first ? 3 : 2), size.width());
    require(fits, found, expected);
  }

  private static boolean fits(Dimension side, long expected) {
    return !isFixed(side) || side.getDimValue() == expected;
  }

  /** Returns whether a side is fixed; some exporters write -1 where any number is meant. */
  private static boolean isFixed(Dimension side) {
    return side.hasDimValue() && side.getDimValue() > 0;
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
    return isFixed(sides.get(1)) ? (int) sides.get(1).getDimValue() : -1;
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
