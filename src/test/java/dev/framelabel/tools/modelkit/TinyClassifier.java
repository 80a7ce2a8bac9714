package dev.framelabel.tools.modelkit;

import static dev.framelabel.tools.modelkit.GraphWriter.number;
import static dev.framelabel.tools.modelkit.GraphWriter.numbers;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** A classifier of somewhere else: mean colour, then one dense layer for two classes. */
public final class TinyClassifier {
  public static final int SIZE = 8;
  static final float[] KERNEL = {2, -1, 0.5f, -2, 1, 3};

  private TinyClassifier() {}

  /** Saves it as ONNX; with a second input where it is not to be wrapped. */
  public static Path save(Path file, boolean secondInput) {
    of(
            Layout.NCHW,
            13,
            false,
            model -> {
              if (secondInput) {
                model
                    .getGraphBuilder()
                    .addInput(GraphWriter.value("mask", DataType.FLOAT_VALUE, -1));
              }
            })
        .save(file, written -> {});
    return file;
  }

  static ValueInfoProto picture(long n, long channels, long side) {
    return GraphWriter.value("picture", DataType.FLOAT_VALUE, n, channels, side, side);
  }

  static ModelFile of(
      Layout layout, int opset, boolean softmax, Consumer<ModelProto.Builder> change) {
    GraphWriter out = new GraphWriter();
    boolean first = layout == Layout.NCHW;
    String x = "picture";
    if (!first) {
      x = out.node("Transpose", "turned", List.of(x), numbers("perm", 0, 3, 1, 2));
    }
    x = out.node("GlobalAveragePool", "pool", List.of(x));
    x = out.node("Flatten", "flat", List.of(x), number("axis", 1));
    out.tensor("kernel", new Tensor(List.of(2, 3), KERNEL));
    out.tensor("bias", new Tensor(List.of(2), new float[2]));
    String last = softmax ? "dense" : "scores";
    x = out.node("Gemm", last, List.of(x, "kernel", "bias"), number("transB", 1));
    if (softmax) {
      out.node("Softmax", "scores", List.of(x), number("axis", 1));
    }
    out.graph()
        .setName("classifier")
        .addInput(
            first
                ? picture(-1, 3, SIZE)
                : GraphWriter.value("picture", DataType.FLOAT_VALUE, -1, SIZE, SIZE, 3))
        .addOutput(GraphWriter.value("scores", DataType.FLOAT_VALUE, -1, 2));
    ModelProto.Builder model = ModelProto.newBuilder().setIrVersion(7).setGraph(out.graph());
    model.addOpsetImportBuilder().setDomain("").setVersion(opset);
    change.accept(model);
    return new ModelFile(model.build());
  }
}
