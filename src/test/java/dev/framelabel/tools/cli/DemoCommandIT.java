package dev.framelabel.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.framelabel.image.TestImages;
import dev.framelabel.tools.demo.BrokerFiles;
import dev.framelabel.tools.demo.DemoFrames;
import java.awt.Color;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo with the user's own cameras: real files, broker, job and model. */
final class DemoCommandIT {
  @TempDir private Path folder;

  @Test
  void demo_folderAndVideo_writesEachLabelOnceAndEnds() throws Exception {
    Path pictures = folder.resolve("pictures");
    new DemoFrames().write(pictures, 1, 20);
    byte[] picture = TestImages.jpeg(64, 48, Color.RED);
    Files.write(pictures.resolve("1/zz-damaged.jpg"), Arrays.copyOf(picture, picture.length / 2));
    Files.write(pictures.resolve("1/zz-no-picture.jpg"), new byte[100]);
    Path video = folder.resolve("my.mjpeg");
    for (Color color : List.of(Color.RED, Color.GREEN, Color.BLUE)) {
      Files.write(
          video,
          TestImages.jpeg(64, 48, color),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    }
    Path labels = folder.resolve("labels.jsonl");
    Path report = folder.resolve("report.json");

    assertThat(
            FramelabelCommand.run(
                "demo",
                "--camera",
                "shelf=" + pictures.resolve("1"),
                "--camera",
                "door=" + video,
                "--out",
                labels.toString(),
                "--report",
                report.toString(),
                "--no-wall"))
        .isZero();

    Map<String, Integer> lines = new TreeMap<>();
    for (String line : Files.readAllLines(labels)) {
      JsonNode label = new ObjectMapper().readTree(line);
      lines.merge(label.get("cameraId").asText(), 1, Integer::sum);
      assertThat(label.get("capturedAt").asText()).startsWith("20").endsWith("Z");
      assertThat(label.at("/labels/0/score").asDouble()).isBetween(0.1, 1.0);
    }
    assertThat(lines).isEqualTo(Map.of("door", 3, "shelf", 20));
    JsonNode read = new ObjectMapper().readTree(Files.readString(report));
    assertThat(read.at("/produced").asInt()).isEqualTo(24);
    assertThat(read.at("/lost").asInt()).isZero();
    assertThat(read.at("/doubled").asInt()).isZero();
    assertThat(read.at("/cameras/1/id").asText()).isEqualTo("shelf");
    assertThat(read.at("/cameras/1/rejected").toString()).contains(":1}");
    assertThat(read.at("/accuracy").isNull()).isTrue();
  }

  @Test
  void demo_plainOnnxModel_isPackagedAndLabelsEachFrame() throws Exception {
    Path model = folder.resolve("mine.onnx");
    Files.copy(Path.of("src/test/resources/modelkit/sigmoid-five.onnx"), model);
    Files.writeString(folder.resolve("labels.txt"), "a\nb\nc\nd\ne");
    Path labels = folder.resolve("labels.jsonl");
    StringWriter out = new StringWriter();
    int status =
        FramelabelCommand.line(Map.of())
            .setOut(new PrintWriter(out, true))
            .execute(
                "demo",
                "--frames",
                "20",
                "--model",
                model.toString(),
                "--out",
                labels.toString(),
                "--no-wall");
    assertThat(status).as(out.toString()).isZero();
    assertThat(out.toString()).contains("the task is multi-label", "Model mine 1: 5 classes");
    assertThat(Files.readAllLines(labels))
        .hasSize(20)
        .allSatisfy(
            line ->
                assertThat(new ObjectMapper().readTree(line).at("/labels/0/label").asText())
                    .isIn("a", "b", "c", "d", "e"));
  }

  @Test
  void demo_badCameras_areRefusedBeforeAnythingStarts() throws Exception {
    Path damaged = Files.createDirectory(folder.resolve("damaged"));
    Files.write(damaged.resolve("a.jpg"), new byte[100]);
    Path text = Files.writeString(folder.resolve("notes.mp4"), "no video");
    assertRefused("no such file", "door=" + folder.resolve("missing.mp4"));
    assertRefused("found 1 pictures that cannot be decoded", "door=" + damaged);
    assertRefused("notes.mp4", "door=" + text);
    assertRefused("Connection refused", "http://127.0.0.1:%d/".formatted(BrokerFiles.freePort()));
    assertRefused("--cameras FILE", "http://me:secret@127.0.0.1/");
    Path picture = Files.createDirectory(folder.resolve("good")).resolve("a.jpg");
    Files.write(picture, TestImages.jpeg(64, 48, Color.RED));
    assertRefused(
        "--out", "door=" + picture.getParent(), "--out", folder.resolve("no/l").toString());
  }

  private static void assertRefused(String why, String camera, String... more) {
    StringWriter err = new StringWriter();
    StringWriter out = new StringWriter();
    int status =
        FramelabelCommand.line(Map.of())
            .setErr(new PrintWriter(err, true))
            .setOut(new PrintWriter(out, true))
            .execute(
                Stream.concat(Stream.of("demo", "--camera", camera, "--no-wall"), Stream.of(more))
                    .toArray(String[]::new));
    assertThat(status).as(err.toString()).isNotZero();
    assertThat(err.toString()).contains(why).doesNotContain("secret").doesNotContain("\tat ");
    assertThat(out.toString()).doesNotContain("Starting");
  }
}
