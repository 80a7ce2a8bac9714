package dev.framelabel.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.tools.modelkit.TinyClassifier;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command's exit status, and what it leaves on the disk. */
final class ModelCommandTest {
  private static final String SIDE = String.valueOf(TinyClassifier.SIZE);

  private static final String DEMO = "model/demo-xception.onnx";

  @TempDir private Path folder;
  private Path weights;
  private Path labels;

  @BeforeEach
  void prepare() throws IOException {
    weights = unpack("keras-tiny.h5");
    labels = labels(10);
  }

  private Path unpack(String name) throws IOException {
    Path file = folder.resolve(name);
    try (InputStream in =
        new GZIPInputStream(getClass().getResourceAsStream("/modelkit/" + name + ".gz"))) {
      Files.copy(in, file);
    }
    return file;
  }

  private Path labels(int count) throws IOException {
    return Files.writeString(
        folder.resolve(count + ".txt"),
        IntStream.range(0, count).mapToObj(i -> "thing " + i).collect(Collectors.joining("\n")));
  }

  private String at(String name) {
    return folder.resolve(name).toString();
  }

  private int importKeras(Path file, Path names, String out, String... more) {
    List<String> all =
        Stream.concat(
                Stream.of(
                    "model",
                    "import",
                    "--from",
                    "keras",
                    file.toString(),
                    "--labels",
                    names.toString(),
                    "--size",
                    "79",
                    "--out",
                    at(out)),
                Stream.of(more))
            .toList();
    return FramelabelCommand.run(all.toArray(String[]::new));
  }

  @Test
  void import_thenInspectLabelAndVerify_work() throws IOException {
    assertThat(importKeras(weights, labels, "one.onnx")).isZero();
    assertThat(importKeras(weights, labels, "half.onnx", "--precision", "fp16")).isZero();
    assertThat(FramelabelCommand.run("model", "inspect", at("one.onnx"), "--json")).isZero();
    assertThat(FramelabelCommand.run("model", "inspect", at("one.onnx"))).isZero();
    Path pictures = Files.createDirectory(folder.resolve("pictures"));
    Files.copy(
        Path.of("src/main/resources/dev/framelabel/tools/demo/frames.png"),
        pictures.resolve("a.png"));
    String picture = pictures.resolve("a.png").toString();
    assertThat(FramelabelCommand.run("model", "label", at("one.onnx"), picture)).isZero();
    assertThat(verify("one.onnx", "one.onnx", "0")).isZero();
    assertThat(verify("half.onnx", "one.onnx", "0.05")).isZero();
    assertThat(verify("half.onnx", "one.onnx", "0")).isEqualTo(1);
    Files.writeString(pictures.resolve("b.jpg"), "no picture");
    assertThat(FramelabelCommand.run("model", "label", at("one.onnx"), at("pictures/b.jpg")))
        .isEqualTo(2);
    assertThat(verify("one.onnx", "one.onnx", "0")).isEqualTo(2);
  }

  private int verify(String model, String reference, String tolerance) {
    return FramelabelCommand.run(
        "model",
        "verify",
        at(model),
        "--against",
        at(reference),
        "--images",
        at("pictures"),
        "--tolerance",
        tolerance);
  }

  @Test
  void import_badInput_isStatus2AndLeavesNoFile() throws IOException {
    byte[] whole = Files.readAllBytes(weights);
    Path cut = Files.write(folder.resolve("cut.h5"), Arrays.copyOf(whole, 50_000));
    assertThat(importKeras(cut, labels, "out.onnx")).isEqualTo(2);
    assertThat(importKeras(weights, labels(9), "out.onnx")).isEqualTo(2);
    assertThat(importKeras(weights, folder.resolve("none.txt"), "out.onnx")).isEqualTo(2);
    assertThat(importKeras(weights, labels, "nowhere/out.onnx")).isEqualTo(2);
    String file = weights.toString();
    for (String[] more :
        List.of(
            new String[] {"keras", file, "--size", "40"},
            new String[] {"torch", file},
            new String[] {"keras", file, "--fetch", "imagenet"},
            new String[] {"torch", "--fetch", "imagenet"})) {
      List<String> all = new ArrayList<>(List.of("model", "import"));
      all.addAll(List.of("--labels", labels.toString(), "--out", at("out.onnx"), "--from"));
      all.addAll(List.of(more));
      assertThat(FramelabelCommand.run(all.toArray(String[]::new))).isEqualTo(2);
    }
    assertNothingWritten();
  }

  @Test
  void import_fails_keepsTheFileThatWasThere() throws IOException {
    Files.writeString(folder.resolve("out.onnx"), "the old one");
    assertThat(importKeras(weights, labels(9), "out.onnx")).isEqualTo(2);
    assertThat(folder.resolve("out.onnx")).hasContent("the old one");
  }

  @Test
  void package_aLabelModelOrWhatIsNoModel_isStatus2AndLeavesNoFile() throws IOException {
    for (String model : List.of(DEMO, labels.toString(), at("none.onnx"))) {
      assertThat(packaged(model, "71", labels, "out.onnx")).isEqualTo(2);
    }
    String twoInputs = TinyClassifier.save(folder.resolve("two.onnx"), true).toString();
    assertThat(packaged(twoInputs, SIDE, labels(2), "out.onnx")).isEqualTo(2);
    String fine = TinyClassifier.save(folder.resolve("fine.onnx"), false).toString();
    assertThat(packaged(fine, SIDE, labels(3), "out.onnx")).isEqualTo(2);
    assertNothingWritten();
  }

  @Test
  void package_classifier_isALabelModelInFullAndHalfPrecision() throws IOException {
    String model = TinyClassifier.save(folder.resolve("classifier.onnx"), false).toString();
    String[] numbers = {
      "--scale", "0.00392156862", "--mean", "0.485,0.456,0.406", "--std", "0.229,0.224,0.225"
    };
    assertThat(packaged(model, SIDE, labels(2), "full.onnx", numbers)).isZero();
    String[] half = Arrays.copyOf(numbers, numbers.length + 3);
    half[numbers.length] = "--precision";
    half[numbers.length + 1] = "fp16";
    half[numbers.length + 2] = "--logits";
    assertThat(packaged(model, SIDE, labels(2), "half.onnx", half)).isZero();
    Path pictures = Files.createDirectory(folder.resolve("pictures"));
    Files.copy(
        Path.of("src/main/resources/dev/framelabel/tools/demo/frames.png"),
        pictures.resolve("a.png"));
    assertThat(verify("half.onnx", "full.onnx", "0.01")).isZero();
  }

  private int packaged(String model, String size, Path names, String out, String... more) {
    List<String> all = new ArrayList<>(List.of("model", "package", model, "--layout", "nchw"));
    all.addAll(List.of("--size", size, "--labels", names.toString(), "--out", at(out)));
    all.addAll(List.of(more));
    return FramelabelCommand.run(all.toArray(String[]::new));
  }

  @Test
  void build_smallRandomNetwork_isALabelModel() {
    assertThat(
            FramelabelCommand.run(
                "model",
                "build",
                "--random",
                "--classes",
                "3",
                "--width",
                "0.05",
                "--size",
                "71",
                "--seed",
                "7",
                "--precision",
                "fp16",
                "--out",
                at("random.onnx")))
        .isZero();
    assertThat(FramelabelCommand.run("model")).isEqualTo(2);
  }

  private void assertNothingWritten() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.contains("out.onnx") || name.endsWith(".part"));
    }
  }
}
