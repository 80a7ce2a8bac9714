package dev.framelabel.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.framelabel.image.BadImageException;
import dev.framelabel.model.LabelTask;
import dev.framelabel.model.OnnxLabelModel;
import dev.framelabel.model.SessionSettings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Classifiers as users have them come out with the probabilities that ONNX Runtime gives them. */
final class ModelPackageCommandTest {
  private static final Path INPUTS = Path.of("src/test/resources/modelkit");
  private static final float[] SIGMOIDS = {0.9028f, 0.4057f, 0.9638f, 0.5296f, 0.9999f};

  @TempDir private Path folder;
  private String said;

  private Path out() {
    return folder.resolve("out.onnx");
  }

  /** The exit status. */
  private int run(String model, String labels, String... more) throws Exception {
    List<String> all = new ArrayList<>(List.of("model", "package"));
    all.add(INPUTS.resolve(model).toString());
    all.addAll(List.of("--layout", "nchw", "--size", "32", "--labels"));
    all.add(Files.writeString(folder.resolve("labels.txt"), labels).toString());
    all.addAll(List.of("--out", out().toString()));
    all.addAll(List.of(more));
    return execute(all);
  }

  private int execute(List<String> arguments) {
    String[] all = arguments.toArray(String[]::new);
    CommandLine command = FramelabelCommand.line(Map.of(), all);
    StringWriter text = new StringWriter();
    command.setOut(new PrintWriter(text, true)).setErr(new PrintWriter(text, true));
    int status = command.execute(all);
    said = text.toString();
    return status;
  }

  private float[] scores(LabelTask task) throws BadImageException {
    try (OnnxLabelModel model = new OnnxLabelModel(out(), SessionSettings.onCpu(2))) {
      assertThat(model.metadata().task()).isEqualTo(task);
      return new ModelPictures(model).label(INPUTS.resolve("picture-32x32.png"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "softmax-identity.onnx, MEASURED",
    "softmax-fp16.onnx, MEASURED",
    "softmax-quantised.onnx, MEASURED",
    "batch-minus-one.onnx, MEASURED",
    "softmax-identity.onnx, --probabilities"
  })
  void package_softmaxBehindWhateverNode_addsNoSecondOne(String model, String option)
      throws Exception {
    String[] more = option.startsWith("--") ? new String[] {option} : new String[0];
    assertThat(run(model, "a\nb\nc\nd\ne", more)).as(said).isZero();
    assertThat(said).contains("each row sums to 1; nothing is added");
    float[] row = scores(LabelTask.CLASSIFY);
    assertThat(row[4]).isCloseTo(0.997f, within(0.001f));
  }

  @Test
  void package_sigmoids_isAMultiLabelModelWithTheScoresAsTheyAre() throws Exception {
    assertThat(run("sigmoid-five.onnx", "a\nb\nc\nd\ne")).as(said).isZero();
    assertThat(said).contains("values are 0 to 1, rows sum to", "the task is multi-label");
    assertThat(scores(LabelTask.MULTI_LABEL)).containsExactly(SIGMOIDS, within(1e-4f));
  }

  @Test
  void package_oneSigmoid_isAMultiLabelModelOfOneClass() throws Exception {
    assertThat(run("sigmoid-one.onnx", "yes\n")).as(said).isZero();
    assertThat(scores(LabelTask.MULTI_LABEL)).containsExactly(new float[] {0.9028f}, within(1e-4f));
  }

  @ParameterizedTest
  @CsvSource({
    "softmax-identity.onnx, --logits",
    "softmax-identity.onnx, --multi-label",
    "sigmoid-five.onnx, --probabilities"
  })
  void package_optionThatContradictsTheRows_isStatus2AndShowsThem(String model, String option)
      throws Exception {
    assertThat(run(model, "a\nb\nc\nd\ne", option)).isEqualTo(2);
    assertThat(said).contains(option + " contradicts", "(sum ");
    assertThat(out()).doesNotExist();
  }

  @Test
  void package_probabilitiesAndMultiLabel_isStatus2() throws Exception {
    assertThat(run("sigmoid-five.onnx", "a", "--multi-label", "--probabilities")).isEqualTo(2);
    assertThat(run("sigmoid-five.onnx", "a", "--logits", "--probabilities")).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({"--multi-label, 0.9028", "--logits, 0.2241"})
  void package_optionBesidesTheMeasurement_isFollowed(String option, float first) throws Exception {
    assertThat(run("sigmoid-five.onnx", "a\nb\nc\nd\ne", option)).as(said).isZero();
    LabelTask task = option.equals("--logits") ? LabelTask.CLASSIFY : LabelTask.MULTI_LABEL;
    assertThat(scores(task)[0]).isCloseTo(first, within(1e-3f));
  }

  @Test
  void package_labelsOfWindows_haveNoByteOrderMark() throws Exception {
    String labels = Files.readString(INPUTS.resolve("labels-crlf-bom.txt"));
    assertThat(run("softmax-identity.onnx", labels)).as(said).isZero();
    try (OnnxLabelModel model = new OnnxLabelModel(out(), SessionSettings.onCpu(1))) {
      assertThat(model.metadata().labels()).containsExactly("a", "b", "c", "d", "e");
    }
  }

  @Test
  void package_exportFolder_needsNoOptionsAndSaysWhereItTookWhatFrom() throws Exception {
    Path export = export();
    assertThat(execute(List.of("model", "package", export.toString(), "--out", out().toString())))
        .as(said)
        .isZero();
    assertThat(said)
        .contains("32 (shape of input x", "1/255 (preprocessor_config.json)")
        .contains("5: ant, bee, cat, ... (config.json)", "each row sums to 1");
    assertThat(scores(LabelTask.CLASSIFY)[4]).isCloseTo(0.997f, within(0.001f));
    assertThat(execute(List.of("model", "inspect", out().toString()))).isZero();
    assertThat(said).contains("ant", "stretch", "bilinear");
  }

  @Test
  void package_exportFolderWithOptions_optionsOverride() throws Exception {
    List<String> all =
        new ArrayList<>(List.of("model", "package", export().toString(), "--labels"));
    Path labels = Files.writeString(folder.resolve("other.txt"), "1\n2\n3\n4\n5");
    all.addAll(List.of(labels.toString(), "--mean", "0.5", "--resize", "crop"));
    all.addAll(List.of("--crop-pct", "0.5", "--out", out().toString()));
    assertThat(execute(all)).as(said).isZero();
    assertThat(said).contains("[0.5] (--mean)", "crop (--resize)", "0.5000 (--crop-pct)");
    try (OnnxLabelModel model = new OnnxLabelModel(out(), SessionSettings.onCpu(1))) {
      assertThat(model.metadata().labels()).containsExactly("1", "2", "3", "4", "5");
      assertThat(model.metadata().resize()).isEqualTo("crop");
      assertThat(model.metadata().cropPct()).isEqualTo(0.5);
    }
  }

  private Path export() throws Exception {
    Path export = Files.createDirectory(folder.resolve("export"));
    Files.copy(INPUTS.resolve("softmax-identity.onnx"), export.resolve("model.onnx"));
    Files.writeString(
        export.resolve("config.json"),
        "{\"id2label\": {\"0\": \"ant\", \"1\": \"bee\", \"2\": \"cat\", \"3\": \"dog\","
            + " \"4\": \"emu\"}}");
    Files.writeString(
        export.resolve("preprocessor_config.json"),
        "{\"size\": {\"height\": 32, \"width\": 32}, \"do_normalize\": false, \"resample\": 2}");
    return export;
  }

  @Test
  void demo_plainOnnxFile_isPackagedWithWhatItAssumesAndMeasures() throws Exception {
    Path model = Files.copy(INPUTS.resolve("softmax-identity.onnx"), folder.resolve("mine.onnx"));
    StringWriter text = new StringWriter();
    Path work = Files.createDirectory(folder.resolve("work"));
    Path label = DemoModel.of(model, work, new PrintWriter(text, true));
    assertThat(text.toString())
        .contains("5: class-0, class-1, class-2, ... (assumed: there is no labels.txt")
        .contains("[0.485, 0.456, 0.406] (assumed: ImageNet, as PyTorch)", "nchw (shape of input")
        .contains("each row sums to 1", "framelabel model package " + model, "--mean");
    assertThat(DemoModel.of(label, work, new PrintWriter(text, true))).isEqualTo(label);
    Files.writeString(folder.resolve("labels.txt"), "a\nb\nc\nd\ne");
    try (OnnxLabelModel opened =
        new OnnxLabelModel(
            DemoModel.of(model, work, new PrintWriter(text, true)), SessionSettings.onCpu(1))) {
      assertThat(opened.metadata().labels()).containsExactly("a", "b", "c", "d", "e");
      assertThat(opened.metadata().name()).isEqualTo("mine");
    }
    Path exported = DemoModel.of(export(), work, new PrintWriter(text, true));
    assertThat(exported).hasFileName("export.onnx");
  }

  @Test
  void inspect_multiLabelModel_saysItsTask() throws Exception {
    assertThat(run("sigmoid-five.onnx", "a\nb\nc\nd\ne", "--precision", "fp16")).as(said).isZero();
    assertThat(execute(List.of("model", "inspect", out().toString()))).isZero();
    assertThat(said).containsPattern("task +multi-label");
  }
}
