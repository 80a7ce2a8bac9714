package dev.framelabel.tools.modelkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataLocation;
import dev.framelabel.model.ModelException;
import dev.framelabel.tools.modelkit.Packaging.Result;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders as Optimum, Transformers and timm write them. */
final class ExportFolderTest {
  /** Of the exporter: all axes have names instead of numbers. */
  private static final String[] AXES = {"batch_size", "num_channels", "height", "width"};

  private static final String LABELS = "\"id2label\": {\"1\": \"dog\", \"0\": \"cat\"}";

  @TempDir private Path folder;

  private PackagingPlan plan(String config, String preprocessor) throws IOException {
    TinyClassifier.of(Layout.NCHW, 13, false, ExportFolderTest::nameAxes)
        .save(folder.resolve("model.onnx"), written -> {});
    Files.writeString(folder.resolve("config.json"), config);
    Files.writeString(folder.resolve("preprocessor_config.json"), preprocessor);
    return PackagingPlan.of(folder);
  }

  private static void nameAxes(ModelProto.Builder model) {
    var shape = model.getGraphBuilder().getInputBuilder(0).getTypeBuilder().getTensorTypeBuilder();
    for (int axis = 0; axis < AXES.length; axis++) {
      shape.getShapeBuilder().getDimBuilder(axis).clearValue().setDimParam(AXES[axis]);
    }
  }

  /** What processors of Transformers do with their files, for a picture of any shape. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // ViT: both sides are scaled apart.
        "ViTImageProcessor | 'size': {'height': 224, 'width': 224}, 'resample': 2"
            + " | 224 | stretch | 1 | bilinear",
        "ViTFeatureExtractor | 'size': 384, 'resample': 3 | 384 | stretch | 1 | bicubic",
        // DeiT: scaled apart, then cropped.
        "DeiTImageProcessor | 'size': 256, 'crop_size': 224, 'do_center_crop': true, 'resample': 3"
            + " | 224 | stretch | 0.875 | bicubic",
        "BeitImageProcessor | 'size': {'height': 224, 'width': 224}, 'crop_size': {'height': 200,"
            + " 'width': 200}, 'do_center_crop': false | 224 | stretch | 1 | bilinear",
        // The shorter side is scaled, then cropped.
        "MobileNetV2ImageProcessor | 'size': {'shortest_edge': 256}, 'crop_size': {'height': 224,"
            + " 'width': 224}, 'do_center_crop': true | 224 | crop | 0.875 | bilinear",
        "CLIPImageProcessor | 'size': 224, 'crop_size': 224, 'do_center_crop': true, 'resample': 3"
            + " | 224 | crop | 1 | bicubic",
        "LevitImageProcessor | 'size': {'shortest_edge': 224}, 'crop_size': 224, 'do_center_crop':"
            + " true | 224 | crop | 0.875 | bilinear",
        "PoolFormerImageProcessor | 'size': {'shortest_edge': 224}, 'crop_size': 224, 'crop_pct':"
            + " 0.9, 'do_center_crop': true | 224 | crop | 0.9 | bilinear",
        // ConvNeXt, also of ResNet: crop_pct below 384, none from there on.
        "ConvNextImageProcessor | 'size': {'shortest_edge': 224}, 'crop_pct': 0.875, 'resample': 3"
            + " | 224 | crop | 0.875 | bicubic",
        "ConvNextFeatureExtractor | 'size': 224 | 224 | crop | 0.875 | bilinear",
        "ConvNextImageProcessor | 'size': {'shortest_edge': 384}, 'crop_pct': 1.0"
            + " | 384 | stretch | 1 | bilinear",
        // Filters that the contract does not have.
        "ViTImageProcessor | 'size': 224, 'resample': 1 | 224 | stretch | 1 | bicubic",
        "EfficientNetImageProcessor | 'size': 346, 'resample': 0 | 346 | stretch | 1 | bilinear",
        "ViTImageProcessor | 'size': {'height': 160, 'width': 320} | 320x160 | stretch | 1"
            + " | bilinear",
      })
  void read_imageProcessor_isItsGeometry(
      String type, String geometry, String size, String resize, double crop, String interpolation)
      throws IOException {
    PackagingPlan plan =
        plan(
            "{" + LABELS + "}",
            ("{'image_processor_type': '" + type + "', " + geometry + "}").replace('\'', '"'));
    assertThat(plan.size().get()).hasToString(size);
    assertThat(plan.resize().get()).isEqualTo(resize);
    assertThat(plan.cropPct().get()).isCloseTo(crop, within(1e-9));
    assertThat(plan.interpolation().get()).isEqualTo(interpolation);
    assertThat(plan.layout().get()).isEqualTo(Layout.NCHW);
    assertThat(plan.labels().get()).containsExactly("cat", "dog");
  }

  @Test
  void read_filesOfWindows_areReadAndLatin1IsRefusedWithItsLine() throws IOException {
    PackagingPlan plan = plan("\uFEFF{\r\n" + LABELS + "}", "\uFEFF{}\r\n");
    assertThat(plan.labels().get()).containsExactly("cat", "dog");
    Files.write(
        folder.resolve("config.json"),
        "{\n\"id2label\": {\"0\": \"T\u00FCr\"}}".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> PackagingPlan.of(folder))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("config.json, line 2: found byte FC");
  }

  /** What becomes of black and of white, in the first channel. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'image_mean': [0.5, 0.5, 0.5], 'image_std': [0.25, 0.5, 0.5] | -2 | 2",
        "'image_mean': 0.5, 'image_std': 0.5, 'do_normalize': true | -1 | 1",
        "'rescale_factor': 0.00784313725, 'image_mean': 0, 'image_std': 1 | 0 | 2",
        "'do_rescale': false, 'image_mean': [0, 0, 0], 'image_std': [255, 255, 255] | 0 | 1",
        "'do_normalize': false, 'image_mean': [9, 9, 9], 'image_std': [9, 9, 9] | 0 | 1",
        "'do_rescale': true | 0 | 1",
        "'image_processor_type': 'EfficientNetImageProcessor', 'image_mean': [0, 0, 0],"
            + " 'image_std': [0.5, 0.5, 0.5] | 0 | 4",
        "'image_processor_type': 'EfficientNetImageProcessor', 'image_mean': [0, 0, 0],"
            + " 'image_std': [0.5, 0.5, 0.5], 'include_top': false, 'rescale_offset': true,"
            + " 'rescale_factor': 0.00784313725 | -2 | 2",
      })
  void read_imageProcessor_isItsNormalisation(String json, float black, float white)
      throws IOException {
    PackagingPlan plan = plan("{" + LABELS + "}", "{" + json.replace('\'', '"') + "}");
    Normalisation found =
        new Normalisation(plan.scale().get(), plan.mean().get(), plan.std().get());
    assertThat(found.offsets()[0]).isCloseTo(black, within(1e-5f));
    assertThat(255 * found.factors()[0] + found.offsets()[0]).isCloseTo(white, within(1e-5f));
  }

  @Test
  void read_flippedChannels_areBlueFirst() throws IOException {
    assertThat(plan("{}", "{\"do_flip_channel_order\": true}").blueFirst().get()).isTrue();
  }

  @Test
  void read_multiLabelProblem_isSaid() throws IOException {
    PackagingPlan plan =
        plan("{" + LABELS + ", \"problem_type\": \"multi_label_classification\"}", "{}");
    assertThat(plan.result().get()).isEqualTo(Result.MULTI_LABEL);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'crop_pct': 0.9, 'crop_mode': 'center', 'interpolation': 'bicubic' | crop | 0.9 | bicubic",
        "'crop_pct': 1.0, 'crop_mode': 'squash', 'interpolation': 'bilinear'"
            + " | stretch | 1 | bilinear",
        "'crop_pct': 1.0, 'crop_mode': 'border' | letterbox | 1 | bicubic",
        "'pool_size': [7, 7] | crop | 0.875 | bicubic",
      })
  void read_timm_isItsPretrainedConfig(
      String json, String resize, double crop, String interpolation) throws IOException {
    String config =
        ("{'architecture': 'resnet18', 'label_names': ['cat', 'dog'], 'pretrained_cfg':"
                + " {'input_size': [3, 160, 160], 'mean': [0.485, 0.456, 0.406], 'std': [0.229,"
                + " 0.224, 0.225], "
                + json
                + "}}")
            .replace('\'', '"');
    PackagingPlan plan = plan(config, "{}");
    assertThat(plan.size().get()).isEqualTo(new InputSize(160, 160));
    assertThat(plan.mean().get()).containsExactly(0.485, 0.456, 0.406);
    assertThat(plan.std().get()).containsExactly(0.229, 0.224, 0.225);
    assertThat(plan.resize().get()).isEqualTo(resize);
    assertThat(plan.cropPct().get()).isEqualTo(crop);
    assertThat(plan.interpolation().get()).isEqualTo(interpolation);
    assertThat(plan.labels().get()).containsExactly("cat", "dog");
    assertThat(String.join("\n", plan.lines())).contains("160 (config.json)");
  }

  @Test
  void read_unclearFolders_saysWhatIsExpected() throws IOException {
    refused("no .onnx file");
    TinyClassifier.save(folder.resolve("a.onnx"), false);
    TinyClassifier.save(folder.resolve("b.onnx"), false);
    refused("a.onnx", "b.onnx", "expected model.onnx");
    Files.move(folder.resolve("a.onnx"), folder.resolve("model.onnx"));
    Files.writeString(folder.resolve("config.json"), "{");
    refused("config.json", "cannot be read as JSON");
    Files.writeString(folder.resolve("config.json"), "{\"id2label\": {\"1\": \"dog\"}}");
    refused("no name for class 0");
  }

  private void refused(String... parts) {
    assertThatThrownBy(() -> PackagingPlan.of(folder))
        .isInstanceOf(ModelException.class)
        .hasMessageContainingAll(parts);
  }

  @Test
  void packaged_whatNoFileSays_namesTheOption() throws IOException {
    PackagingPlan plan = plan("{}", "{}");
    assertThatThrownBy(() -> plan.packaged("m", "1"))
        .isInstanceOf(ModelException.class)
        .hasMessageContainingAll("size", "--size");
    plan.size().set(new InputSize(8, 8), "--size");
    assertThatThrownBy(() -> plan.packaged("m", "1"))
        .isInstanceOf(ModelException.class)
        .hasMessageContainingAll("labels", "--labels");
  }

  /** Weights in one file beside, at an offset, and again in one of their own. */
  @ParameterizedTest
  @ValueSource(strings = {"model.onnx_data", "weights/kernel"})
  void of_externalData_isReadIn(String location) throws IOException {
    Path data = folder.resolve(location);
    Files.createDirectories(data.getParent());
    try (OutputStream out = Files.newOutputStream(data)) {
      out.write(new byte[16]);
      kernel(TinyClassifier.of(Layout.NCHW, 13, false, m -> {})).getRawData().writeTo(out);
      out.write(new byte[16]);
    }
    saveWithKernelIn(location, 24);
    PackagingPlan plan = PackagingPlan.of(folder);
    plan.labels().set(List.of("a", "b"), "test");
    Path file = folder.resolve("label.onnx");
    plan.packaged("m", "1").model().save(file, written -> {});
    TinyClassifier.of(Layout.NCHW, 13, false, m -> {})
        .save(folder.resolve("model.onnx"), written -> {});
    PackagingPlan whole = PackagingPlan.of(folder.resolve("model.onnx"));
    whole.labels().set(List.of("a", "b"), "test");
    Path other = folder.resolve("whole.onnx");
    whole.packaged("m", "1").model().save(other, written -> {});
    assertThat(Vectors.probabilities(file)).isDeepEqualTo(Vectors.probabilities(other));
  }

  @Test
  void of_externalDataThatIsCutOrElsewhere_isRefused() throws IOException {
    Files.write(folder.resolve("data"), new byte[20]);
    saveWithKernelIn("data", 24);
    refused("kernel", "data", "bytes 16 to 40", "which has 20");
    saveWithKernelIn("none", 24);
    refused("none", "cannot be read");
    Path outside = Files.write(folder.resolveSibling("outside"), new byte[100]);
    for (String location : List.of("../" + outside.getFileName(), outside.toString())) {
      saveWithKernelIn(location, 24);
      refused("kernel", location, "expected a file below");
    }
    saveWithKernelIn("data", -1);
    refused("kernel", "data");
  }

  private void saveWithKernelIn(String location, int length) {
    TinyClassifier.of(
            Layout.NCHW,
            13,
            false,
            m -> {
              TensorProto.Builder tensor =
                  m.getGraphBuilder()
                      .getInitializerBuilder(0)
                      .clearRawData()
                      .setDataLocation(DataLocation.EXTERNAL);
              tensor.addExternalDataBuilder().setKey("location").setValue(location);
              tensor.addExternalDataBuilder().setKey("offset").setValue("16");
              tensor.addExternalDataBuilder().setKey("length").setValue(String.valueOf(length));
            })
        .save(folder.resolve("model.onnx"), written -> {});
  }

  private static TensorProto kernel(ModelFile model) {
    return model.proto().getGraph().getInitializer(0);
  }
}
