package dev.framelabel.tools.modelkit;

import static dev.framelabel.tools.modelkit.GraphWriter.number;
import static dev.framelabel.tools.modelkit.GraphWriter.numbers;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import dev.framelabel.model.ModelMetadata;
import java.util.List;

/**
 * Writer of an Xception as a label model: pixels in, probabilities out, batch normalisation folded
 * into the convolutions. One instance writes one graph.
 */
final class XceptionGraph {
  private static final int OPSET = 13;
  private static final int IR_VERSION = 7;

  private final Weights weights;
  private final Ends ends;
  private final Flavour flavour;
  private final GraphWriter out = new GraphWriter();

  /** Side of the picture at this point of the graph, pixels. */
  private int side;

  private XceptionGraph(Weights weights, Ends ends, int size) {
    this.weights = weights;
    this.ends = ends;
    this.flavour = weights.architecture().flavour();
    this.side = size;
  }

  /**
   * Returns the label model of these weights.
   *
   * @param size side of the square input, pixels
   * @param metadata of the model; its labels name the network's classes
   * @throws IllegalArgumentException if the size is too small or the network has no classes
   */
  static ModelProto write(Weights weights, Ends ends, int size, PackageMetadata metadata) {
    if (size < XceptionArchitecture.SMALLEST_SIZE || size > 4096) {
      throw new IllegalArgumentException(
          "input size is %s pixels; expected %s to 4096: a smaller picture has nothing left behind the last block"
              .formatted(size, XceptionArchitecture.SMALLEST_SIZE));
    }
    int classes = weights.architecture().classes();
    if (classes < 1) {
      throw new IllegalArgumentException("the network has no classes; expected 1 or more");
    }
    metadata.checkCount(classes);
    XceptionGraph graph = new XceptionGraph(weights, ends, size);
    graph.writeAll();
    graph.out.graph().setName("xception");
    graph
        .out
        .graph()
        .addInput(GraphWriter.value(ModelMetadata.INPUT, DataType.UINT8_VALUE, -1, size, size, 3))
        .addOutput(GraphWriter.value(ModelMetadata.OUTPUT, DataType.FLOAT_VALUE, -1, classes));
    ModelProto.Builder model =
        ModelProto.newBuilder()
            .setIrVersion(IR_VERSION)
            .setProducerName("framelabel")
            .setGraph(graph.out.graph());
    model.addOpsetImportBuilder().setDomain("").setVersion(OPSET);
    metadata.writeTo(model, ends.task());
    NetworkNote.of(weights.architecture()).writeTo(model);
    return model.build();
  }

  private void writeAll() {
    out.graph().addAllNode(Wrapping.head(Layout.NCHW, ends.pixels(), false));
    String x = Wrapping.NORMALISED;
    x = relu(convolution("block1_conv1", x));
    x = relu(convolution("block1_conv2", x));
    for (String block : List.of("block2", "block3", "block4")) {
      x = reducing(block, x, !block.equals("block2"));
    }
    for (int block = 5; block <= 12; block++) {
      x = middle("block" + block, x);
    }
    x = reducing("block13", x, true);
    x = relu(separable("block14_sepconv1", x));
    x = relu(separable("block14_sepconv2", x));
    x = out.node("GlobalAveragePool", "avg_pool", List.of(x));
    x = out.node("Flatten", "features", List.of(x), number("axis", 1));
    int inputs = Alignment.of(weights.architecture().features());
    for (Unit unit : weights.architecture().head()) {
      boolean last = unit.name().equals("predictions");
      x = dense(unit.name(), x, inputs);
      x = last ? x : relu(x);
      inputs = unit.out();
    }
    out.graph().addAllNode(Wrapping.tail(x, false, ends.activation()));
  }

  /** Adds two separable convolutions and a pooling, beside a convolution that steps over pixels. */
  private String reducing(String block, String input, boolean reluFirst) {
    String shortcut = reducingShortcut(block, input);
    String x = separable(block + "_sepconv1", reluFirst ? relu(block + "_in", input) : input);
    x = separable(block + "_sepconv2", relu(x));
    x =
        out.node(
            "MaxPool",
            block + "_pool",
            List.of(x),
            numbers("kernel_shape", 3, 3),
            numbers("strides", 2, 2),
            numbers(
                "pads",
                flavour.padBefore(side),
                flavour.padBefore(side),
                flavour.padAfter(side),
                flavour.padAfter(side)));
    side = (side + 1) / 2;
    return out.node("Add", block + "_add", List.of(x, shortcut));
  }

  private String reducingShortcut(String block, String input) {
    int before = side;
    String shortcut = convolution(block + "_shortcut", input);
    side = before;
    return shortcut;
  }

  private String middle(String block, String input) {
    String x = input;
    for (int layer = 1; layer <= 3; layer++) {
      x = separable(block + "_sepconv" + layer, relu(block + "_" + layer, x));
    }
    return out.node("Add", block + "_add", List.of(x, input));
  }

  private String relu(String input) {
    return relu(input, input);
  }

  private String relu(String name, String input) {
    return out.node("Relu", name + "_relu", List.of(input));
  }

  /** Adds a plain convolution without padding, its batch normalisation folded in. */
  private String convolution(String name, String input) {
    Unit unit = weights.architecture().unit(name);
    Folding folded = Folding.of(weights, unit, "kernel");
    side = (side - unit.kernel()) / unit.stride() + 1;
    return out.node(
        "Conv",
        name,
        List.of(
            input,
            channels(name + "/kernel", folded.kernel(), 2),
            channels(name + "/bias", folded.bias(), 1)),
        numbers("kernel_shape", unit.kernel(), unit.kernel()),
        numbers("strides", unit.stride(), unit.stride()));
  }

  private String separable(String name, String input) {
    Unit unit = weights.architecture().unit(name);
    Folding folded = Folding.of(weights, unit, "pointwise");
    String x =
        out.node(
            "Conv",
            name + "_depthwise",
            List.of(input, channels(name + "/depthwise", weights.get(name + ".depthwise"), 1)),
            numbers("kernel_shape", 3, 3),
            numbers("pads", 1, 1, 1, 1),
            number("group", Alignment.of(unit.in())));
    return out.node(
        "Conv",
        name,
        List.of(
            x,
            channels(name + "/pointwise", folded.kernel(), 2),
            channels(name + "/bias", folded.bias(), 1)),
        numbers("kernel_shape", 1, 1));
  }

  /** Adds a tensor whose first so many axes are channels, and returns its name. */
  private String channels(String name, Tensor tensor, int axes) {
    return out.tensor(name, Alignment.widen(tensor, Alignment.shape(tensor.shape(), axes)));
  }

  private String dense(String name, String input, int inputs) {
    Tensor kernel = weights.get(name + ".kernel");
    return out.node(
        "Gemm",
        name,
        List.of(
            input,
            out.tensor(
                name + "/kernel", Alignment.widen(kernel, List.of(kernel.shape().get(0), inputs))),
            out.tensor(name + "/bias", weights.get(name + ".bias"))),
        number("transB", 1));
  }
}
