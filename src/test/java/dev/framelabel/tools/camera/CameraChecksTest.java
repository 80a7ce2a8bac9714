package dev.framelabel.tools.camera;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.image.TestImages;
import dev.framelabel.kafka.admin.Finding;
import dev.framelabel.kafka.admin.Finding.Level;
import dev.framelabel.tools.camera.CameraSettings.Repeat;
import dev.framelabel.tools.demo.BrokerFiles;
import java.awt.Color;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CameraChecksTest {
  private static final byte[] PICTURE = TestImages.jpeg(64, 48, Color.RED);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir private Path folder;

  @Test
  void of_camerasThatWork_isOkInTheirOrder() throws Exception {
    Files.write(folder.resolve("a.jpg"), PICTURE);
    DigestLogin login = new DigestLogin("me", "s3cret");
    try (CameraServer server = new CameraServer()) {
      server.on(
          "/now.jpg",
          exchange -> {
            boolean proven = login.isProvenBy(exchange);
            exchange.getResponseHeaders().add("WWW-Authenticate", login.challenge());
            CameraServer.answer(exchange, proven ? 200 : 401, proven ? PICTURE : new byte[0]);
          });
      String host = "127.0.0.1:" + server.port();
      List<Finding> findings =
          of(
              new CameraSettings("gate", "http://me:s3cret@" + host + "/now.jpg"),
              new CameraSettings("archive", folder.toString()));
      assertThat(findings)
          .extracting(Finding::toString)
          .containsExactly(
              "camera gate, native libraries: they load",
              "camera gate, address: http://***@" + host + "/now.jpg answers",
              "camera gate, first picture: 64 x 48 pixels, JPEG",
              "camera archive, native libraries: they load",
              "camera archive, address: " + folder,
              "camera archive, first picture: 64 x 48 pixels, JPEG");
      assertThat(findings).allMatch(finding -> finding.level() == Level.OK);
    }
  }

  @Test
  void of_camerasThatDoNot_saysWhatIsWrongWithoutTheirSecrets() throws Exception {
    int nobody = BrokerFiles.freePort();
    Path noPicture = Files.writeString(folder.resolve("a.jpg"), "<html></html>").getParent();
    try (CameraServer server = new CameraServer()) {
      server.on(
          "/", exchange -> CameraServer.answer(exchange, 200, "<html></html>".getBytes(UTF_8)));
      String page = "http://me:c4nary@127.0.0.1:" + server.port() + "/?key=c4nary";
      List<Finding> findings =
          of(
              new CameraSettings("off", "rtsp://me:c4nary@127.0.0.1:" + nobody + "/1"),
              new CameraSettings("page", page),
              new CameraSettings("cloud", "http://169.254.169.254/now.jpg"),
              new CameraSettings("folder", noPicture.toString()));
      assertThat(findings).extracting(Finding::toString).noneMatch(text -> text.contains("c4nary"));
      assertThat(findings.get(1).found()).contains("does not answer", "at port " + nobody);
      assertThat(findings.get(2).level()).isEqualTo(Level.SKIPPED);
      assertThat(findings.get(5).found()).contains("13 bytes, begins with <html></html>; expected");
      assertThat(findings.get(7).found()).contains("--allow-link-local allows it");
      assertThat(findings.get(11).found()).contains("the last: skipped a.jpg: it is no picture");
      assertThat(findings.stream().filter(finding -> finding.level() == Level.FAILED)).hasSize(4);
    }
  }

  @Test
  void of_watchedFolderThatIsEmpty_isNotAtFault() {
    CameraSettings inbox =
        new CameraSettings(
            "in", folder.toString(), 0, Repeat.WATCH, PictureSettings.AS_IT_COMES, 1, Map.of());
    assertThat(of(inbox))
        .extracting(Finding::level)
        .containsExactly(Level.OK, Level.OK, Level.SKIPPED);
  }

  private static List<Finding> of(CameraSettings... cameras) {
    return new CameraChecks(AddressGuard.STRICT, PATIENCE).of(List.of(cameras));
  }
}
