package dev.framelabel.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.framelabel.image.TestImages;
import dev.framelabel.kafka.admin.Topics;
import dev.framelabel.testing.Signals;
import dev.framelabel.testing.cluster.Await;
import dev.framelabel.testing.cluster.ChildCommand;
import dev.framelabel.tools.demo.BrokerFiles;
import dev.framelabel.tools.demo.EmbeddedBroker;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CameraCommandIT {
  private static final Duration LIMIT = Duration.ofSeconds(90);

  @TempDir private Path folder;

  @Test
  void camera_once_endsWithReportAndStatus() throws Exception {
    Path pictures = Files.createDirectory(folder.resolve("pictures"));
    for (int picture = 0; picture < 3; picture++) {
      Files.write(pictures.resolve(picture + ".jpg"), TestImages.jpeg(64, 48, Color.RED));
    }
    Path report = folder.resolve("report.json");
    Path cameras =
        Files.writeString(
            folder.resolve("cameras.yaml"),
            "cameras:\n- {id: gone, address: 'http://me:secret@127.0.0.1:%d/'}\n"
                .formatted(BrokerFiles.freePort()));
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"))) {
      Topics.create(broker.client(), List.of("frames"), 1, (short) 1, 1 << 20);
      String[] alone = {
        "camera", "archive=" + pictures, "--bootstrap-servers", broker.bootstrapServers(), "--once"
      };
      assertThat(FramelabelCommand.run(alone)).isZero();

      int status =
          FramelabelCommand.run(
              "camera",
              "archive=" + pictures,
              "--cameras",
              cameras.toString(),
              "--bootstrap-servers",
              broker.bootstrapServers(),
              "--once",
              "--report",
              report.toString());
      assertThat(status).isEqualTo(1);
      JsonNode read = new ObjectMapper().readTree(Files.readString(report));
      assertThat(read.at("/framesOut").asInt()).isEqualTo(3);
      assertThat(read.at("/cameras/0/state").asText()).isEqualTo("ended");
      assertThat(read.at("/cameras/1/state").asText()).isEqualTo("lost");
      assertThat(Files.readString(report)).doesNotContain("secret");
    }
  }

  @Test
  void camera_signalled_endsCleanlyWithReportAndTheSignalsStatus() throws Exception {
    Path video = folder.resolve("video.mjpeg");
    Files.write(video, TestImages.jpeg(64, 48, Color.RED));
    Files.write(video, TestImages.jpeg(64, 48, Color.BLUE), StandardOpenOption.APPEND);
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"))) {
      Topics.create(broker.client(), List.of("frames"), 1, (short) 1, 1 << 20);
      Process[] running = {
        start("INT", video, broker.bootstrapServers()),
        start("TERM", video, broker.bootstrapServers())
      };
      try {
        assertEnds("INT", running[0], 130);
        assertEnds("TERM", running[1], 143);
      } finally {
        for (Process process : running) {
          process.destroyForcibly();
        }
      }
    }
  }

  private Process start(String name, Path video, String servers) throws IOException {
    List<String> line =
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            FramelabelCommand.class.getName(),
            "camera",
            "film=" + video,
            "--repeat",
            "LOOP",
            "--fps",
            "50",
            "--bootstrap-servers",
            servers,
            "--report",
            folder.resolve(name + ".json").toString());
    Path arguments = folder.resolve(name + ".args");
    Files.write(arguments, line.stream().map(one -> '"' + one + '"').toList());
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    // What was started in the background ignores SIGINT, and its children too.
    return new ProcessBuilder(
            ChildCommand.endingWithParent("env", "--default-signal=INT", java, "@" + arguments))
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve(name + ".log").toFile())
        .start();
  }

  private void assertEnds(String signal, Process process, int status) throws Exception {
    Path log = folder.resolve(signal + ".log");
    Await.until(
        "the camera gives pictures",
        LIMIT,
        () -> Files.readString(log).contains("film live") || !process.isAlive());
    assertThat(process.isAlive()).as(Files.readString(log)).isTrue();
    Signals.send(process.pid(), signal);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(log)).isEqualTo(status);
    JsonNode report = new ObjectMapper().readTree(folder.resolve(signal + ".json").toFile());
    assertThat(report.at("/framesOut").asLong()).isPositive();
    assertThat(report.at("/framesIn").asLong())
        .isEqualTo(report.at("/framesOut").asLong() + report.at("/dropped").asLong());
    assertThat(report.at("/cameras/0/state").asText()).isEqualTo("ended");
    assertThat(Files.readString(log)).contains(" frames in, ");
  }

  @Test
  void camera_wrongUse_isStatus2() {
    assertThat(FramelabelCommand.run("camera")).isEqualTo(2);
    assertThat(FramelabelCommand.run("camera", "ftp://door/")).isEqualTo(2);
    assertThat(FramelabelCommand.run("camera", "door=rtsp://me:secret@door/")).isEqualTo(2);
    assertThat(FramelabelCommand.run("camera", "rtsp://door/", "--size", "big")).isEqualTo(2);
    assertThat(FramelabelCommand.run("camera", "a=rtsp://b/", "a=rtsp://c/")).isEqualTo(2);
  }
}
