package dev.framelabel.tools.camera;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.framelabel.tools.camera.CameraSettings.Repeat;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CameraFileTest {
  private static final CameraFile.Defaults DEFAULTS =
      new CameraFile.Defaults(
          7, Repeat.ONCE, new PictureSettings(640, 480, 80), 2, Map.of("site", "Köln"));

  @TempDir private Path folder;

  @Test
  void read_fileOfWindows_isReadAndLatin1IsRefusedWithItsLine() throws Exception {
    String cameras = "cameras:\r\n  - id: Tür\r\n    address: rtsp://10.0.0.5/1\r\n";
    Path file = Files.writeString(folder.resolve("c.yaml"), "\uFEFF" + cameras);
    assertThat(CameraFile.read(file, DEFAULTS))
        .extracting(CameraSettings::id)
        .containsExactly("Tür");
    Files.write(file, cameras.getBytes(ISO_8859_1));
    assertThatThrownBy(() -> CameraFile.read(file, DEFAULTS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("c.yaml, line 2: found byte FC");
  }

  @Test
  void read_allKeys_areThoseOfTheCamera() throws Exception {
    assertThat(
            read(
                """
                cameras:
                  - id: door
                    address: rtsp://me:secret@10.0.0.5/1
                    fps: 2.5
                    size: 1280x720
                    quality: 60
                    attributes: {stream: "2"}
                  - id: inbox
                    address: '%s'
                    repeat: watch
                    poll: 0.5
                """
                    .formatted(folder)))
        .containsExactly(
            new CameraSettings(
                "door",
                "rtsp://me:secret@10.0.0.5/1",
                2.5,
                Repeat.ONCE,
                new PictureSettings(1280, 720, 60),
                2,
                Map.of("stream", "2")),
            new CameraSettings(
                "inbox",
                folder.toString(),
                7,
                Repeat.WATCH,
                new PictureSettings(640, 480, 80),
                0.5,
                Map.of("site", "Köln")))
        .extracting(Object::toString)
        .noneMatch(text -> text.contains("secret"));
  }

  @Test
  void read_wrongFile_saysWhatAndWhere() {
    assertRefused("cameras: [{id: a, adress: b}]", "'adress' is not known");
    assertRefused("cameras: [{id: a}]", "camera a: id and address are needed");
    assertRefused("doors: []", "'doors' is not known");
    assertRefused("cameras: [{id: a, address: 'http://h/', size: big}]", "such as 1280x720");
    assertRefused("cameras: [{id: a, address: 'http://h/', repeat: x}]", "once, loop or watch");
    assertRefused("cameras: [{id: a, address: 'http://h/', repeat: watch}]", "is no folder");
    assertRefused("cameras:\n  - id: [", "cameras.yaml");
  }

  /** YAML takes an address without quotes apart at some characters; no piece of it may show. */
  @Test
  void read_passwordWithAnyCharacter_isShownNowhere() {
    for (String style :
        List.of(
            "cameras:\n  - id: a\n    address: %s\n    fps: 2\n",
            "cameras:\n  - id: a\n    address: '%s'\n",
            "cameras:\n  - id: a\n    address: \"%s\"\n",
            "cameras: [{id: a, address: %s, fps: 2}]\n",
            "cameras: [{id: a, address: '%s', fps: x}]\n",
            "cameras:\n  - id: a\n    fps: %s\n    address: rtsp://door/\n")) {
      for (String scheme : List.of("rtsp", "http", "")) {
        for (char odd = ' '; odd < 127; odd++) {
          String secret = "me:c4nary" + odd + "c4nary" + odd + " c4nary@door/stream?key=c4nary";
          assertShowsNothing(style.formatted(scheme.isEmpty() ? secret : scheme + "://" + secret));
          String joined = secret.replace(" c4", "c4");
          assertShowsNothing(style.formatted(scheme.isEmpty() ? joined : scheme + "://" + joined));
        }
      }
    }
  }

  private void assertShowsNothing(String text) {
    try {
      for (CameraSettings camera : read(text)) {
        CameraHealth health = new CameraHealth(camera, CameraTime.SYSTEM);
        health.lost("cannot open " + camera.address());
        assertThat(camera + " " + health.status()).as(text).doesNotContain("c4nary");
      }
    } catch (Exception e) {
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      assertThat(trace.toString()).as(text).doesNotContain("c4nary");
    }
  }

  @Test
  void publisher_twoCamerasOfOneId_areRefused() {
    CameraSettings camera = new CameraSettings("door", "rtsp://door/");
    PublishSettings settings =
        new PublishSettings(Map.of(), "frames", "cameras", 0, 1, true, AddressGuard.STRICT);
    assertThatThrownBy(() -> new CameraPublisher(settings, List.of(camera, camera)))
        .hasMessageContaining("2 cameras with 1 ids");
  }

  private List<CameraSettings> read(String text) throws Exception {
    return CameraFile.read(Files.writeString(folder.resolve("cameras.yaml"), text), DEFAULTS);
  }

  private void assertRefused(String text, String message) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
