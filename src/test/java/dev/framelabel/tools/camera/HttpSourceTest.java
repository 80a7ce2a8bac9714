package dev.framelabel.tools.camera;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.framelabel.image.TestImages;
import java.awt.Color;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class HttpSourceTest {
  private static final byte[] RED = TestImages.jpeg(64, 48, Color.RED);
  private static final byte[] BLUE = TestImages.jpeg(64, 48, Color.BLUE);
  private static final AddressGuard FOLLOWING = new AddressGuard(false, true);

  private CameraServer server;

  @BeforeEach
  void startServer() throws IOException {
    server = new CameraServer();
  }

  @AfterEach
  void stopServer() {
    server.close();
  }

  @Test
  void read_mjpegWithLengths_givesTheFilesAsTheyAre() throws Exception {
    server.stream(
        "/video",
        1,
        file -> "Content-Type: image/jpeg\r\nContent-Length: " + file.length + "\r\n",
        RED,
        BLUE);
    assertThat(read("/video", 4, AddressGuard.STRICT).files())
        .containsExactly(RED, BLUE, RED, BLUE);
  }

  @Test
  void read_mjpegWithoutLengths_isCutAtBoundaries() throws Exception {
    byte[] awkward = "\u00FF\u00D8\u00FF\r\n-\r\n--cu\r\r\n--cx".getBytes(ISO_8859_1);
    server.stream("/video", 1, file -> "Content-Type: image/jpeg\r\n", RED, awkward);
    assertThat(read("/video", 4, AddressGuard.STRICT).files())
        .containsExactly(RED, awkward, RED, awkward);
  }

  @Test
  void read_timestampOfPart_isItsCaptureTimeAndTheClock() throws Exception {
    server.stream(
        "/video",
        1,
        file -> "X-Timestamp: 1772600767.250\r\nContent-Length: " + file.length + "\r\n",
        RED);
    TestSink sink = read("/video", 1, AddressGuard.STRICT);
    Optional<Instant> expected = Optional.of(Instant.parse("2026-03-04T05:06:07.250Z"));
    assertThat(sink.pictures().get(0).takenAt()).isEqualTo(expected);
    assertThat(sink.cameraClock()).isEqualTo(expected);
  }

  @Test
  void read_singlePicture_isPolledAndTellsItsTimes() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    server.on(
        "/now.jpg",
        exchange -> {
          exchange.getResponseHeaders().add("Last-Modified", "Wed, 04 Mar 2026 05:06:07 GMT");
          CameraServer.answer(exchange, 200, asked.getAndIncrement() % 2 == 0 ? RED : BLUE);
        });
    TestSink sink = read("/now.jpg", 3, AddressGuard.STRICT);
    assertThat(sink.files()).containsExactly(RED, BLUE, RED);
    assertThat(sink.pictures().get(0).takenAt()).contains(Instant.parse("2026-03-04T05:06:07Z"));
    assertThat(sink.cameraClock().orElseThrow())
        .isCloseTo(Instant.now(), within(1, ChronoUnit.MINUTES));
  }

  @Test
  void read_password_isGivenOnlyWhereAsked() throws Exception {
    String login = "Basic " + Base64.getEncoder().encodeToString("me:s3cret".getBytes(UTF_8));
    server.on(
        "/now.jpg",
        exchange -> {
          List<String> given = exchange.getRequestHeaders().get("Authorization");
          if (given == null || !given.contains(login)) {
            exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"camera\"");
            CameraServer.answer(exchange, 401, new byte[0]);
          } else {
            CameraServer.answer(exchange, 200, RED);
          }
        });
    String address = "http://me:s3cret@127.0.0.1:" + server.port() + "/now.jpg";
    assertThat(readAll(address, 1, AddressGuard.STRICT).files()).containsExactly(RED);
    assertThatThrownBy(() -> read("/now.jpg", 1, AddressGuard.STRICT))
        .hasMessageContaining("status 401; expected 200. It asks for a login");
  }

  @Test
  void read_digestIsAskedFor_thePasswordItselfIsNotGiven() throws Exception {
    DigestLogin login = new DigestLogin("me", "s3cret: 1");
    List<String> given = new CopyOnWriteArrayList<>();
    server.on(
        "/now.jpg",
        exchange -> {
          given.addAll(exchange.getRequestHeaders().getOrDefault("Authorization", List.of()));
          if (login.isProvenBy(exchange)) {
            CameraServer.answer(exchange, 200, RED);
          } else {
            exchange.getResponseHeaders().add("WWW-Authenticate", login.challenge());
            CameraServer.answer(exchange, 401, new byte[0]);
          }
        });
    String host = "127.0.0.1:" + server.port() + "/now.jpg";
    TestSink sink = readAll("http://me:s3cret:%201@" + host, 2, AddressGuard.STRICT);
    assertThat(sink.files()).containsExactly(RED, RED);
    assertThat(given).isNotEmpty().allMatch(one -> one.startsWith("Digest "));
    assertThatThrownBy(() -> readAll("http://me:wrong@" + host, 1, AddressGuard.STRICT))
        .hasMessageContaining("status 401; expected 200. Check user and password")
        .hasMessageNotContaining("wrong");
  }

  @Test
  void read_redirect_isRefusedUnlessAllowed() throws Exception {
    redirect("/old", "/now.jpg?key=secret");
    redirect("/bad", "http://169.254.169.254/latest/meta-data");
    redirect("/round", "/round");
    server.on("/now.jpg", exchange -> CameraServer.answer(exchange, 200, RED));
    assertThatThrownBy(() -> read("/old", 1, AddressGuard.STRICT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("--allow-redirects")
        .hasMessageNotContaining("secret");
    assertThat(read("/old", 1, FOLLOWING).files()).containsExactly(RED);
    assertThatThrownBy(() -> read("/bad", 1, FOLLOWING))
        .hasMessageContaining("link-local or metadata");
    assertThatThrownBy(() -> read("/round", 1, FOLLOWING)).hasMessageContaining("too many times");
  }

  @Test
  void read_streamEnds_isLost() throws Exception {
    server.on(
        "/video",
        exchange ->
            CameraServer.answer(
                exchange,
                200,
                "--a\r\nContent-Length: 3\r\n\r\n\u00FF\u00D8\u00FF\r\n--a--\r\n"
                    .getBytes(ISO_8859_1)));
    assertThatThrownBy(() -> read("/video", 9, AddressGuard.STRICT))
        .hasMessageContaining("has ended its stream");
  }

  @Test
  void read_partThatIsTooLong_isRefusedBeforeItIsRead() throws Exception {
    server.on(
        "/video",
        exchange ->
            CameraServer.answer(
                exchange, 200, "--a\r\nContent-Length: 99999999\r\n\r\n".getBytes(UTF_8)));
    assertThatThrownBy(() -> read("/video", 1, AddressGuard.STRICT))
        .hasMessageContaining("99999999 bytes; expected at most");
  }

  private void redirect(String path, String to) {
    server.on(
        path,
        exchange -> {
          exchange.getResponseHeaders().add("Location", to);
          CameraServer.answer(exchange, 302, new byte[0]);
        });
  }

  private TestSink read(String path, int pictures, AddressGuard guard) throws Exception {
    return readAll(server.address(path), pictures, guard);
  }

  private static TestSink readAll(String address, int pictures, AddressGuard guard)
      throws Exception {
    TestSink sink = new TestSink(pictures);
    new HttpSource(address, guard, Duration.ofMillis(20)).read(sink);
    return sink;
  }
}
