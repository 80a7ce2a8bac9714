package dev.framelabel.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.framelabel.kafka.admin.Finding.Level;
import dev.framelabel.model.LabelModel;
import dev.framelabel.model.ModelMetadata;
import dev.framelabel.model.SessionSettings;
import dev.framelabel.model.TestModels;
import dev.framelabel.tools.demo.DemoFrames;
import dev.framelabel.tools.doctor.Doctor;
import dev.framelabel.tools.modelkit.TinyClassifier;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Sample pictures are stored by {@code package}, and compared by {@code verify} and doctor. */
final class ModelSamplesTest {
  private static final String PHOTOS = "src/test/resources/photos";

  @TempDir private Path folder;
  private String said;

  private Path out() {
    return folder.resolve("out.onnx");
  }

  private int run(String... arguments) {
    CommandLine command = FramelabelCommand.line(Map.of(), arguments);
    StringWriter text = new StringWriter();
    command.setOut(new PrintWriter(text, true)).setErr(new PrintWriter(text, true));
    int status = command.execute(arguments);
    said = text.toString();
    return status;
  }

  private int pack(String samples, String... more) throws IOException {
    List<String> all = new ArrayList<>(List.of("model", "package"));
    all.add(TinyClassifier.save(folder.resolve("tiny.onnx"), false).toString());
    all.addAll(List.of("--labels", folder.resolve("labels.txt").toString()));
    Files.writeString(folder.resolve("labels.txt"), "dark\nlight\n");
    all.addAll(List.of("--resize", "crop", "--crop-pct", "0.875", "--interpolation", "bicubic"));
    all.addAll(List.of("--samples", samples, "--out", out().toString()));
    all.addAll(List.of(more));
    return run(all.toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource({"fp32", "fp16"})
  void verify_packagedWithSamples_agrees(String precision) throws IOException {
    assertThat(pack(PHOTOS, "--precision", precision)).as(said).isZero();
    assertThat(said).contains("10 sample pictures");
    assertThat(run("model", "verify", out().toString(), "--device", "cpu")).as(said).isZero();
    assertThat(said).contains("10 pictures, largest difference", "same first label on 10");
    assertThat(run("model", "inspect", out().toString())).isZero();
    assertThat(said.lines().filter(line -> line.matches("sample +\\d+ bytes, (dark|light) .*")))
        .hasSize(10);
    assertThat(run("model", "inspect", out().toString(), "--json")).isZero();
    assertThat(said).contains("\"samples\"", "\"label\" : \"light\"");
  }

  @Test
  void verify_otherScores_isStatus1AndDoctorWarns() throws IOException {
    assertThat(pack(PHOTOS)).as(said).isZero();
    assertThat(doctor()).isEqualTo(Level.OK);
    change((dark, light) -> List.of(dark - 0.015f, light - 0.015f));
    assertThat(run("model", "verify", out().toString())).as(said).isEqualTo(1);
    assertThat(said).containsPattern(" +1 +0\\.01500 +yes +(dark|light)");
    assertThat(run("model", "verify", out().toString(), "--tolerance", "0.02")).isZero();
    assertThat(doctor()).isEqualTo(Level.WARNING);
  }

  @Test
  void verify_otherFirstClass_isStatus1AndDoctorFails() throws IOException {
    assertThat(pack(PHOTOS)).as(said).isZero();
    change((dark, light) -> List.of(light, dark));
    assertThat(run("model", "verify", out().toString(), "--tolerance", "1")).isEqualTo(1);
    assertThat(said).containsPattern(" +1 +0\\.\\d+ +NO +(dark|light)");
    assertThat(doctor()).isEqualTo(Level.FAILED);
  }

  /** Changes the probabilities of the first sample. */
  private void change(BiFunction<Float, Float, List<Float>> change) throws IOException {
    changeText(
        samples -> {
          Matcher first = Pattern.compile("\\[([0-9.E-]+),([0-9.E-]+)\\]").matcher(samples);
          assertThat(first.find()).isTrue();
          List<Float> changed =
              change.apply(Float.valueOf(first.group(1)), Float.valueOf(first.group(2)));
          return first.replaceFirst("[%s,%s]".formatted(changed.get(0), changed.get(1)));
        });
  }

  private Level doctor() {
    try (LabelModel model = LabelModel.open(out(), SessionSettings.onCpu(4))) {
      return Doctor.samples(model).level();
    }
  }

  @Test
  void verify_damagedSamples_isStatus2() throws IOException {
    assertThat(pack(PHOTOS)).as(said).isZero();
    byte[] whole = Files.readAllBytes(out());
    changeText(samples -> samples.substring(0, samples.length() / 2));
    assertThat(run("model", "verify", out().toString())).isEqualTo(2);
    assertThat(said).contains("framelabel.samples is no JSON array");
    assertThat(run("model", "inspect", out().toString())).isEqualTo(2);
    Files.write(out(), whole);
    changeText(samples -> samples.replaceFirst("\"jpeg\":\".{40}", "\"jpeg\":\"" + "A".repeat(40)));
    assertThat(run("model", "verify", out().toString())).isEqualTo(2);
    assertThat(said).contains("framelabel.samples has a damaged picture");
  }

  private void changeText(UnaryOperator<String> change) throws IOException {
    ModelProto.Builder model = ModelProto.parseFrom(Files.readAllBytes(out())).toBuilder();
    model.getMetadataPropsBuilderList().stream()
        .filter(entry -> entry.getKey().equals(ModelMetadata.SAMPLES_KEY))
        .forEach(entry -> entry.setValue(change.apply(entry.getValue())));
    Files.write(out(), model.build().toByteArray());
  }

  @Test
  void package_noPictureThatFits_isStatus2AndLeavesNoFile() throws IOException {
    assertThat(pack(folder.resolve("none").toString())).isEqualTo(2);
    Path pictures = Files.createDirectory(folder.resolve("pictures"));
    Files.writeString(pictures.resolve("a.jpg"), "no picture");
    assertThat(pack(pictures.toString())).isEqualTo(2);
    assertThat(said).contains("a.jpg");
    for (int copy = 0; copy < 33; copy++) {
      Files.copy(Path.of(PHOTOS, "coffee.jpg"), pictures.resolve("b" + copy + ".jpg"));
    }
    assertThat(pack(pictures.toString())).isEqualTo(2);
    assertThat(said).contains("34 pictures; expected at most 32");
    assertThat(out()).doesNotExist();
  }

  @Test
  void package_pictureBetweenTwoClasses_isLeftOut() throws IOException {
    Path pictures = Files.createDirectory(folder.resolve("pictures"));
    Files.copy(Path.of(PHOTOS, "coffee.jpg"), pictures.resolve("a.jpg"));
    // Both classes have the same score for black.
    Files.write(
        pictures.resolve("b.jpg"),
        DemoFrames.jpeg(new BufferedImage(9, 9, BufferedImage.TYPE_INT_RGB), 1));
    assertThat(pack(pictures.toString())).as(said).isZero();
    assertThat(said).contains("b.jpg: left out", "1 sample pictures");
    Files.delete(pictures.resolve("a.jpg"));
    assertThat(pack(pictures.toString())).isEqualTo(2);
    assertThat(said).contains("no picture about which the model is sure enough");
  }

  @Test
  void verify_modelWithoutSamples_isStatus2() {
    assertThat(run("model", "verify", TestModels.colour().toString())).isEqualTo(2);
    assertThat(said).contains("no sample pictures", "--samples", "--against");
  }

  @Test
  void verify_demoModel_agrees() {
    assertThat(run("model", "verify", TestModels.demo().toString())).as(said).isZero();
    assertThat(said).contains("10 pictures").doesNotContain("NO");
  }
}
