package dev.framelabel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.framelabel.image.Pictures;
import dev.framelabel.kafka.Topics;
import dev.framelabel.local.BrokerFiles;
import dev.framelabel.local.EmbeddedBroker;
import java.awt.Color;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CameraCommandIT {
  @TempDir private Path folder;

  @Test
  void camera_once_endsWithReportAndStatus() throws Exception {
    Path pictures = Files.createDirectory(folder.resolve("pictures"));
    for (int picture = 0; picture < 3; picture++) {
      Files.write(pictures.resolve(picture + ".jpg"), Pictures.jpeg(64, 48, Color.RED));
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
  void camera_wrongUse_isStatus2() {
    assertThat(FramelabelCommand.run("camera")).isEqualTo(2);
    assertThat(FramelabelCommand.run("camera", "ftp://door/")).isEqualTo(2);
    assertThat(FramelabelCommand.run("camera", "rtsp://door/", "--size", "big")).isEqualTo(2);
    assertThat(FramelabelCommand.run("camera", "a=rtsp://b/", "a=rtsp://c/")).isEqualTo(2);
  }
}
