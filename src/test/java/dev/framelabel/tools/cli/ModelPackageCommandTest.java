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
    assertThat(said).contains("measured: each row sums to 1; nothing is added");
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
  void inspect_multiLabelModel_saysItsTask() throws Exception {
    assertThat(run("sigmoid-five.onnx", "a\nb\nc\nd\ne", "--precision", "fp16")).as(said).isZero();
    assertThat(execute(List.of("model", "inspect", out().toString()))).isZero();
    assertThat(said).containsPattern("task +multi-label");
  }
}
