package dev.framelabel.tools.modelkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataLocation;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.TextFormat;
import dev.framelabel.model.ModelException;
import dev.framelabel.model.OnnxLabelModel;
import dev.framelabel.model.SessionSettings;
import dev.framelabel.tools.modelkit.Packaging.Result;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A tiny classifier (mean colour, then one dense layer) is packaged and must compute the same. */
final class PackagerTest {
  private static final int SIZE = TinyClassifier.SIZE;
  private static final Normalisation IMAGENET =
      new Normalisation(1 / 255.0, List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "NCHW, false, 13, false",
    "NHWC, false, 13, false",
    "NCHW, true,  13, true",
    "NHWC, true,  9,  false",
    "NCHW, false, 7,  true",
  })
  void wrap_classifier_computesItsProbabilities(
      Layout layout, boolean blueFirst, int opset, boolean softmax) {
    ModelFile wrapped =
        Packager.wrap(
                TinyClassifier.of(layout, opset, softmax, model -> {}),
                packaging(layout, blueFirst, Result.MEASURED))
            .model();
    float[][] found = Vectors.probabilities(Vectors.save(wrapped, folder));
    assertThat(Vectors.largestDifference(found, expected(blueFirst))).isLessThan(1e-5);
  }

  @Test
  void wrap_namesThatClash_areRenamed() {
    ModelFile clashing = TinyClassifier.of(Layout.NCHW, 13, false, PackagerTest::useOurNames);
    ModelFile wrapped =
        Packager.wrap(clashing, packaging(Layout.NCHW, false, Result.LOGITS)).model();
    float[][] found = Vectors.probabilities(Vectors.save(wrapped, folder));
    assertThat(Vectors.largestDifference(found, expected(false))).isLessThan(1e-5);
  }

  private static void useOurNames(ModelProto.Builder model) {
    String text = model.build().toString();
    String renamed =
        text.replace("\"picture\"", "\"frames\"")
            .replace("\"scores\"", "\"probabilities\"")
            .replace("\"pool\"", "\"framelabel/pixels\"");
    try {
      model.clear();
      TextFormat.merge(renamed, model);
    } catch (TextFormat.ParseException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void wrap_weightsThatAreInputsToo_areKept() {
    ModelFile old =
        TinyClassifier.of(
            Layout.NCHW,
            7,
            false,
            model ->
                model
                    .setIrVersion(3)
                    .getGraphBuilder()
                    .addInput(0, GraphWriter.value("kernel", DataType.FLOAT_VALUE, 2, 3)));
    ModelFile wrapped = Packager.wrap(old, packaging(Layout.NCHW, false, Result.LOGITS)).model();
    float[][] found = Vectors.probabilities(Vectors.save(wrapped, folder));
    assertThat(Vectors.largestDifference(found, expected(false))).isLessThan(1e-5);
    Path half = folder.resolve("half.onnx");
    wrapped.inHalfPrecision().save(half, written -> {});
    assertThat(Vectors.largestDifference(Vectors.probabilities(half), expected(false)))
        .isLessThan(1e-2);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 4, -1})
  void wrap_batchThatIsFixedInTheInputAlone_isMadeDynamic(long batch) {
    ModelFile fixed =
        TinyClassifier.of(
            Layout.NCHW,
            13,
            false,
            m ->
                m.getGraphBuilder()
                    .setInput(0, batchOf(batch))
                    .addValueInfo(GraphWriter.value("flat", DataType.FLOAT_VALUE, 1, 3))
                    .setOutput(0, GraphWriter.value("scores", DataType.FLOAT_VALUE, 1, 2)));
    ModelFile wrapped =
        Packager.wrap(fixed, packaging(Layout.NCHW, false, Result.MEASURED)).model();
    float[][] found = Vectors.probabilities(Vectors.save(wrapped, folder));
    assertThat(Vectors.largestDifference(found, expected(false))).isLessThan(1e-5);
  }

  private static ValueInfoProto batchOf(long batch) {
    ValueInfoProto.Builder picture = TinyClassifier.picture(1, 3, SIZE).toBuilder();
    picture
        .getTypeBuilder()
        .getTensorTypeBuilder()
        .getShapeBuilder()
        .getDimBuilder(0)
        .setDimValue(batch);
    return picture.build();
  }

  /** Reshaping to one row, and a mean over the batch: two ways in which pictures get mixed. */
  @ParameterizedTest
  @ValueSource(strings = {"Reshape", "ReduceMean"})
  void wrap_graphThatHoldsForOnePictureOnly_isRefused(String operator) {
    ModelFile fixed =
        TinyClassifier.of(Layout.NCHW, 13, false, m -> mixPictures(m.getGraphBuilder(), operator));
    assertThatThrownBy(() -> Packager.wrap(fixed, packaging(Layout.NCHW, false, Result.MEASURED)))
        .isInstanceOf(ModelException.class)
        .hasMessageContainingAll("batch of 3", "dynamic first axis");
  }

  private static void mixPictures(GraphProto.Builder graph, String operator) {
    boolean reshape = operator.equals("Reshape");
    if (reshape) {
      graph.addInitializer(GraphWriter.integers("shape", 1, 3));
    }
    // Behind the second node of the three: "flat" goes on as "mixed".
    graph.addNode(
        2,
        reshape
            ? GraphWriter.node(operator, "mixed", List.of("flat", "shape"), "mixed")
            : GraphWriter.node("Sub", "mixed", List.of("flat", "mean"), "mixed"));
    if (!reshape) {
      graph.addNode(
          2,
          GraphWriter.node(
              operator, "mean", List.of("flat"), "mean", GraphWriter.numbers("axes", 0)));
    }
    graph.getNodeBuilder(graph.getNodeCount() - 1).setInput(0, "mixed");
  }

  @Test
  void wrap_oblongInput_isWidthTimesHeight() {
    ModelFile oblong =
        TinyClassifier.of(
            Layout.NCHW,
            13,
            false,
            m ->
                m.getGraphBuilder()
                    .setInput(
                        0,
                        GraphWriter.value("picture", DataType.FLOAT_VALUE, -1, 3, SIZE, 2 * SIZE)));
    Packaging packaging =
        new Packaging(
            Layout.NCHW,
            InputSize.parse("16x8"),
            IMAGENET,
            false,
            Result.MEASURED,
            Vectors.metadata(2));
    Path file = Vectors.save(Packager.wrap(oblong, packaging).model(), folder);
    try (OnnxLabelModel opened = new OnnxLabelModel(file, SessionSettings.onCpu(1))) {
      assertThat(opened.metadata().width()).isEqualTo(2 * SIZE);
      assertThat(opened.metadata().height()).isEqualTo(SIZE);
    }
  }

  @Test
  void wrap_whatCannotBeWrapped_saysWhatWasFound() {
    refused(m -> m.getGraphBuilder().setInput(0, TinyClassifier.picture(-1, 3, 9)), "[N, 3, 9, 9]");
    refused(
        m -> m.getGraphBuilder().setInput(0, TinyClassifier.picture(-1, 1, SIZE)), "[N, 1, 8, 8]");
    refused(
        m -> m.getGraphBuilder().addInput(GraphWriter.value("mask", DataType.FLOAT_VALUE, -1)),
        "2 inputs",
        "mask");
    refused(
        m -> m.getGraphBuilder().addOutput(GraphWriter.value("pool", DataType.FLOAT_VALUE, -1)),
        "2 outputs",
        "pool");
    refused(
        m ->
            m.getGraphBuilder()
                .setInput(0, GraphWriter.value("picture", DataType.UINT8_VALUE, -1, 3, SIZE, SIZE)),
        "uint8");
    refused(
        m ->
            m.getGraphBuilder()
                .setOutput(0, GraphWriter.value("scores", DataType.FLOAT_VALUE, -1, 3)),
        "2 labels for 3 classes");
    refused(m -> m.getOpsetImportBuilder(0).setVersion(6), "opset 6");
  }

  private void refused(Consumer<ModelProto.Builder> change, String... parts) {
    ModelFile model = TinyClassifier.of(Layout.NCHW, 13, false, change);
    assertThatThrownBy(() -> Packager.wrap(model, packaging(Layout.NCHW, false, Result.MEASURED)))
        .isInstanceOf(ModelException.class)
        .hasMessageContainingAll(parts);
  }

  @Test
  void open_externalData_isRefused() throws IOException {
    ModelFile model =
        TinyClassifier.of(
            Layout.NCHW,
            13,
            false,
            m ->
                m.getGraphBuilder()
                    .getInitializerBuilder(0)
                    .clearRawData()
                    .setDataLocation(DataLocation.EXTERNAL)
                    .addExternalDataBuilder()
                    .setKey("location")
                    .setValue("../../etc/passwd"));
    Path file = Vectors.save(model, folder);
    assertThatThrownBy(() -> ModelFile.open(file))
        .isInstanceOf(ModelException.class)
        .hasMessageContainingAll(file.toString(), "external data", "one file", "onnx.save(");
  }

  @Test
  void open_otherFiles_areRefused() throws IOException {
    Path text = Files.writeString(folder.resolve("text.onnx"), "hello, this is no model");
    Path empty = Files.write(folder.resolve("empty.onnx"), new byte[0]);
    for (Path file : List.of(text, empty, folder.resolve("none.onnx"))) {
      assertThatThrownBy(() -> ModelFile.open(file))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining(file.toString());
    }
  }

  private static Packaging packaging(Layout layout, boolean blueFirst, Result result) {
    return new Packaging(
        layout, new InputSize(SIZE, SIZE), IMAGENET, blueFirst, result, Vectors.metadata(2));
  }

  /** Computed here, by the formula. */
  private static float[][] expected(boolean blueFirst) {
    ByteBuffer pixels = Vectors.pictures(SIZE);
    double[] mean = {0.485, 0.456, 0.406};
    double[] std = {0.229, 0.224, 0.225};
    float[][] rows = new float[Vectors.PICTURES][2];
    for (int picture = 0; picture < Vectors.PICTURES; picture++) {
      double[] colour = new double[3];
      for (int i = 0; i < SIZE * SIZE * 3; i++) {
        int channel = i % 3;
        double pixel = (pixels.get(picture * SIZE * SIZE * 3 + i) & 0xFF) / 255.0;
        int place = blueFirst ? 2 - channel : channel;
        colour[place] += (pixel - mean[channel]) / std[channel] / (SIZE * SIZE);
      }
      double a =
          Math.exp(
              TinyClassifier.KERNEL[0] * colour[0]
                  + TinyClassifier.KERNEL[1] * colour[1]
                  + TinyClassifier.KERNEL[2] * colour[2]);
      double b =
          Math.exp(
              TinyClassifier.KERNEL[3] * colour[0]
                  + TinyClassifier.KERNEL[4] * colour[1]
                  + TinyClassifier.KERNEL[5] * colour[2]);
      rows[picture][0] = (float) (a / (a + b));
      rows[picture][1] = (float) (b / (a + b));
    }
    return rows;
  }
}
