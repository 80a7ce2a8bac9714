package dev.framelabel.tools.modelkit;

import static dev.framelabel.tools.modelkit.GraphWriter.number;
import static dev.framelabel.tools.modelkit.GraphWriter.numbers;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import dev.framelabel.model.LabelTask;
import dev.framelabel.model.ModelMetadata;
import java.nio.file.Path;
import java.util.List;

/**
 * A real label model of red, green and blue, which computes nonsense for certain colours, as one
 * that overflows does. A channel whose mean is {@link #NAN} gives NaN, {@link #INFINITE} infinity,
 * and {@link #BEYOND} a number above 1.
 */
public final class OverflowingModel {
  public static final int SIZE = 8;
  public static final int NAN = 77;
  public static final int INFINITE = 78;
  public static final int BEYOND = 79;

  /** Brightest sample of a frame for which a copy of a model gives NaN. */
  public static final int DARK = 1;

  private OverflowingModel() {}

  /** Saves a copy of a model that gives NaN for frames whose brightest sample is {@link #DARK}. */
  public static Path save(Path model, Path file) {
    ModelProto original = ModelFile.open(model).proto();
    GraphWriter out = new GraphWriter();
    out.graph().mergeFrom(original.getGraph());
    for (NodeProto.Builder node : out.graph().getNodeBuilderList()) {
      if (node.getOutput(0).equals(ModelMetadata.OUTPUT)) {
        node.setOutput(0, "whole");
      }
    }
    String x = out.node("Cast", "dark-float", List.of(ModelMetadata.INPUT), number("to", 1));
    x = out.node("ReduceMax", "rows", List.of(x), numbers("axes", 1, 2), number("keepdims", 0));
    x = out.node("ReduceMax", "brightest", List.of(x), numbers("axes", 1));
    String gap = out.node("Sub", "dark-gap", List.of(x, out.tensor("dark", scalar(DARK))));
    String one = out.node("Div", "dark-one", List.of(gap, gap));
    out.node("Mul", ModelMetadata.OUTPUT, List.of("whole", one));
    new ModelFile(original.toBuilder().setGraph(out.graph()).build()).save(file, written -> {});
    return file;
  }

  /** Saves it as ONNX. */
  public static Path save(Path file) {
    GraphWriter out = new GraphWriter();
    String x = out.node("Cast", "float", List.of(ModelMetadata.INPUT), number("to", 1));
    x = out.node("ReduceMean", "mean", List.of(x), numbers("axes", 1, 2), number("keepdims", 0));
    out.tensor("scale", scalar(1 / 255f));
    String p = out.node("Softmax", "p", List.of(out.node("Mul", "small", List.of(x, "scale"))));
    // 0 / 0 at one colour, 1 at all others.
    out.tensor("nan", scalar(NAN));
    String gap = out.node("Sub", "gap", List.of(x, "nan"));
    p = out.node("Mul", "spoilt", List.of(p, out.node("Div", "one", List.of(gap, gap))));
    p = out.node("Add", "infinite", List.of(p, pole(out, x, INFINITE, Float.MAX_VALUE)));
    out.tensor("beyond", scalar(BEYOND));
    out.tensor("almost", scalar(0.99f));
    String away = out.node("Abs", "away", List.of(out.node("Sub", "far", List.of(x, "beyond"))));
    String near = out.node("Relu", "near", List.of(out.node("Sub", "n", List.of("almost", away))));
    out.tensor("much", scalar(100));
    String extra = out.node("Mul", "extra", List.of(near, "much"));
    out.node("Add", ModelMetadata.OUTPUT, List.of(p, extra));
    out.graph()
        .setName("overflowing")
        .addInput(GraphWriter.value(ModelMetadata.INPUT, DataType.UINT8_VALUE, -1, SIZE, SIZE, 3))
        .addOutput(GraphWriter.value(ModelMetadata.OUTPUT, DataType.FLOAT_VALUE, -1, 3));
    ModelProto.Builder model = ModelProto.newBuilder().setIrVersion(7).setGraph(out.graph());
    model.addOpsetImportBuilder().setDomain("").setVersion(13);
    new PackageMetadata("overflowing", "1", List.of("red", "green", "blue"), "stretch")
        .writeTo(model, LabelTask.CLASSIFY);
    new ModelFile(model.build()).save(file, written -> {});
    return file;
  }

  /** Infinite where the colour is {@code at}, else 0. */
  private static String pole(GraphWriter out, String colour, float at, float most) {
    out.tensor("at", scalar(at));
    out.tensor("most", scalar(most));
    String gap = out.node("Sub", "pole-gap", List.of(colour, "at"));
    String inverse = out.node("Abs", "size", List.of(out.node("Reciprocal", "r", List.of(gap))));
    return out.node("Relu", "pole", List.of(out.node("Sub", "rest", List.of(inverse, "most"))));
  }

  private static Tensor scalar(float value) {
    return new Tensor(List.of(1), new float[] {value});
  }
}
