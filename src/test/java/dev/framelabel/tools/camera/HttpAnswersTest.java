package dev.framelabel.tools.camera;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.framelabel.image.ImageDecoder;
import dev.framelabel.image.ImageLimits;
import dev.framelabel.image.Resize;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole answers of cameras as they are seen in the field, on a socket. */
final class HttpAnswersTest {
  private static final int PICTURES = 3;

  @ParameterizedTest
  @ValueSource(
      strings = {"no_first_boundary", "preamble", "lf_only_no_length", "text_parts_between"})
  void read_multipart_givesEachPictureWhateverStandsBetween(String name) throws Exception {
    byte[] answer = answer(name);
    List<byte[]> expected = new ArrayList<>();
    for (int times = 0; times < 2; times++) {
      expected.addAll(picturesIn(answer));
    }
    for (int seed = 0; seed < 5; seed++) {
      TestSink sink = new TestSink(2 * PICTURES);
      read(answer, new Random(seed), sink);
      assertThat(sink.files()).hasSize(2 * PICTURES).containsExactlyElementsOf(expected);
    }
    for (byte[] picture : expected) {
      new ImageDecoder(32, 32, Resize.STRETCH, ImageLimits.DEFAULT)
          .decode(picture, ByteBuffer.allocateDirect(32 * 32 * 3));
    }
  }

  @Test
  void read_loginPage_isLostAndSaysWhatCame() throws Exception {
    assertLost(answer("login_page_200"))
        .hasMessageContaining(
            "no picture: text/html, 87 bytes, begins with <!DOCTYPE html><html><head><title>Login<")
        .hasMessageContaining("expected a JPEG, PNG or WebP picture")
        .hasMessageContaining("whether the camera asks for a login");
  }

  @Test
  void read_snapshotThatIsCutShort_isNotPublished() throws Exception {
    assertLost(answer("snapshot_cut_short")).hasMessageContaining("got 426 of 853 bytes");
  }

  @ParameterizedTest
  @CsvSource({
    "video/x-h264, '\0\0\0\1g', begins with 00 00 00 01 67, RTSP address",
    "image/gif, GIF89a, begins with GIF89a, Choose JPEG",
    "text/html, <html></html>, begins with <html></html>, login",
    "image/jpeg, '', 0 bytes, Choose JPEG"
  })
  void read_answerThatIsNoPicture_isNamedWithItsCure(
      String type, String body, String found, String cure) throws Exception {
    String head = "HTTP/1.0 200 OK\r\nContent-Type: " + type + "\r\n\r\n";
    assertLost((head + body).getBytes(ISO_8859_1))
        .hasMessageContaining(type)
        .hasMessageContaining(found)
        .hasMessageContaining(cure);
  }

  @Test
  void read_videoWithoutEnd_isNamedAtOnce() throws Exception {
    String head = "HTTP/1.0 200 OK\r\nContent-Type: video/x-h264\r\n\r\n";
    assertLost((head + "\0\0\0\1".repeat(1 << 20)).getBytes(ISO_8859_1))
        .hasMessageContaining("video/x-h264, of unknown length, begins with 00 00 00 01");
  }

  @Test
  void read_partThatIsNoPicture_isNamedWithItsCure() throws Exception {
    List<String> lines =
        List.of(
            "HTTP/1.0 200 OK",
            "Content-Type: multipart/x-mixed-replace; boundary=b",
            "",
            "--b",
            "Content-Type: video/x-h264",
            "",
            "\0\0\0\1g",
            "");
    assertLost(String.join("\r\n", lines).getBytes(ISO_8859_1))
        .hasMessageContaining("video/x-h264, 5 bytes, begins with 00 00 00 01 67")
        .hasMessageContaining("Choose MJPEG in the camera, or give its RTSP address");
  }

  private static org.assertj.core.api.AbstractThrowableAssert<?, ?> assertLost(byte[] answer) {
    TestSink sink = new TestSink(1);
    return assertThatThrownBy(
            () -> {
              try {
                read(answer, new Random(1), sink);
              } finally {
                assertThat(sink.pictures()).isEmpty();
              }
            })
        .isInstanceOf(IOException.class);
  }

  private static void read(byte[] answer, Random cuts, TestSink sink) throws Exception {
    try (RawCamera camera = new RawCamera(answer, cuts)) {
      new HttpSource(camera.address(), AddressGuard.STRICT, Duration.ofMillis(20)).read(sink);
    }
  }

  /** Found by where JPEG files begin and end. */
  private static List<byte[]> picturesIn(byte[] answer) {
    String text = new String(answer, ISO_8859_1);
    List<byte[]> pictures = new ArrayList<>();
    for (int at = text.indexOf("\u00FF\u00D8\u00FF"); at >= 0; ) {
      int end = text.indexOf("\u00FF\u00D9", at) + 2;
      pictures.add(text.substring(at, end).getBytes(ISO_8859_1));
      at = text.indexOf("\u00FF\u00D8\u00FF", end);
    }
    assertThat(pictures).hasSize(PICTURES);
    return pictures;
  }

  private static byte[] answer(String name) throws IOException {
    try (InputStream in =
        HttpAnswersTest.class.getResourceAsStream("/camera/http/http_" + name + ".bin")) {
      return in.readAllBytes();
    }
  }
}
