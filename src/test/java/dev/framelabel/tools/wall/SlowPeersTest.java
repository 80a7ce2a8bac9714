package dev.framelabel.tools.wall;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.event.Bytes;
import dev.framelabel.event.Frame;
import dev.framelabel.event.Image;
import dev.framelabel.event.SourcePosition;
import dev.framelabel.tools.demo.BrokerFiles;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many who ask and do not read, or begin to ask and do not go on: the others do not notice. */
class SlowPeersTest {
  private static final int PEERS = 500;
  private static final int PICTURE_BYTES = 8 << 20;
  private static final int SIDE = 900;
  private static final int SOON_MILLIS = 500;
  private static final List<String> ENDLESS = List.of("/api/stream");
  private static final List<String> PATHS =
      List.of(
          "/",
          "/wall.js",
          "/api/cameras",
          "/api/labels?camera=door",
          "/api/summary",
          "/api/picture?frame=large",
          "/api/picture?frame=raw",
          "/metrics",
          "/nothing");

  private final List<Socket> sockets = new ArrayList<>();
  private Wall wall;
  private WallClient client;

  @BeforeEach
  void start() {
    start(AnswerLimits.DEADLINE_MILLIS);
  }

  private void start(long deadlineMillis) {
    Map<String, String> nowhere =
        Map.of("bootstrap.servers", "127.0.0.1:" + BrokerFiles.freePort());
    wall = Wall.start(WallSettings.local(nowhere, 0), deadlineMillis);
    client = new WallClient(wall);
    byte[] large = new byte[PICTURE_BYTES];
    large[0] = (byte) 0xFF;
    large[1] = (byte) 0xD8;
    large[2] = (byte) 0xFF;
    frame("large", Image.encoded(large));
    byte[] rgb = new byte[SIDE * SIDE * 3];
    new java.util.Random(1).nextBytes(rgb);
    frame("raw", new Image(Image.Format.RGB24, Bytes.wrap(rgb), SIDE, SIDE));
  }

  private void frame(String id, Image image) {
    Instant now = Instant.now();
    wall.model()
        .frame(
            new Frame("door", id, now, image, Map.of(), new SourcePosition("frames", 0, 1)), now);
  }

  @AfterEach
  void stop() throws Exception {
    for (Socket socket : sockets) {
      socket.close();
    }
    wall.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/picture?frame=large", "/api/picture?frame=raw", "all"})
  void peers_thatDoNotRead_holdNobodyUp(String path) throws Exception {
    List<String> asked = new ArrayList<>(path.equals("all") ? PATHS : List.of(path));
    asked.addAll(path.equals("all") ? ENDLESS : List.of());
    for (int peer = 0; peer < PEERS; peer++) {
      sockets.add(client.ask(asked.get(peer % asked.size()), "Host: localhost"));
    }
    assertEverythingAnswers();
    assertThat(wall.answers().bytes()).isLessThanOrEqualTo(AnswerLimits.MAX_BYTES);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "G",
        "GET /api/cameras HTTP/1.1\r\nHost: local",
        "GET /api/cameras HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4000\r\n\r\nabc",
        "GET /api/stream HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4000\r\n\r\nabc",
        "POST /healthz HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nFFF\r\nab"
      })
  void peers_thatDoNotFinishTheirRequest_holdNobodyUp(String begun) throws Exception {
    for (int peer = 0; peer < PEERS; peer++) {
      sockets.add(client.send(begun));
    }
    assertEverythingAnswers();
  }

  private void assertEverythingAnswers() throws Exception {
    for (String path : PATHS) {
      assertThat(client.get(path).statusCode())
          .as(path)
          .isEqualTo(path.equals("/nothing") ? 404 : 200);
    }
    assertThat(client.get("/healthz").body()).contains("status");
  }

  /** Every slow peer is dropped by itself, and nothing of it is kept. */
  @Test
  void peers_afterTheDeadline_areDropped() throws Exception {
    wall.close();
    start(SOON_MILLIS);
    Socket reader = client.ask("/api/picture?frame=large", "Host: localhost");
    sockets.add(reader);
    assertThat(WallClient.statusLine(reader)).startsWith("HTTP/1.1 200 ");
    WallClient.until("nothing is kept", () -> wall.answers().bytes() == 0);
    assertThat(readsToItsEnd(reader)).isLessThan(PICTURE_BYTES);
    Socket sender = client.ask("/api/summary", "Host: localhost", "Content-Length: 4000");
    sockets.add(sender);
    WallClient.until("the wall hangs up", () -> isClosed(sender));
  }

  private static boolean isClosed(Socket socket) throws IOException {
    long ignored = readsToItsEnd(socket);
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (SocketException e) {
      return true;
    }
  }

  @Test
  void answers_whenTooMuchIsUnderWay_dropTheSlowest() throws Exception {
    List<Socket> slow = new ArrayList<>();
    for (int peer = 0; peer < 2 * AnswerLimits.MAX_BYTES / PICTURE_BYTES; peer++) {
      Socket socket = client.ask("/api/picture?frame=large", "Host: localhost");
      assertThat(WallClient.statusLine(socket)).startsWith("HTTP/1.1 200 ");
      slow.add(socket);
      sockets.add(socket);
    }
    // Dropped before the last status line was sent. Asked once: a second reading would find
    // nothing.
    assertThat(readsToItsEnd(slow.get(0))).isLessThan(PICTURE_BYTES);
    assertThat(readsToItsEnd(slow.get(slow.size() - 1))).isGreaterThan(PICTURE_BYTES);
  }

  private static long readsToItsEnd(Socket socket) throws IOException {
    byte[] buffer = new byte[1 << 16];
    long all = 0;
    try {
      socket.setSoTimeout(2_000);
      for (int read = 0; read >= 0; read = socket.getInputStream().read(buffer)) {
        all += read;
      }
    } catch (IOException e) {
      // Cut, or alive with nothing more to give.
    }
    return all;
  }

  @Test
  void head_anyAddress_isAnsweredAsGetWithoutBody() throws Exception {
    HttpClient http = HttpClient.newHttpClient();
    for (String path : PATHS) {
      HttpResponse<String> head = ask(http, "HEAD", path);
      HttpResponse<String> get = ask(http, "GET", path);
      assertThat(head.statusCode()).as(path).isEqualTo(get.statusCode());
      assertThat(head.body()).isEmpty();
      assertThat(names(head)).isEqualTo(names(get));
      assertThat(head.headers().firstValue("content-type"))
          .isEqualTo(get.headers().firstValue("content-type"));
    }
    assertThat(ask(http, "HEAD", "/api/stream").headers().firstValue("content-type").orElseThrow())
        .startsWith("text/event-stream");
    assertThat(ask(http, "HEAD", "/healthz").statusCode()).isIn(200, 503);
    assertThat(ask(http, "POST", "/healthz").headers().firstValue("allow")).contains("GET, HEAD");
    assertThat(wall.viewers().count()).isZero();
  }

  private static List<String> names(HttpResponse<String> answer) {
    return List.copyOf(new TreeMap<>(answer.headers().map()).keySet());
  }

  private HttpResponse<String> ask(HttpClient http, String method, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(wall.address()).resolve(path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .timeout(Duration.ofSeconds(90))
            .build();
    return http.send(request, HttpResponse.BodyHandlers.ofString(UTF_8));
  }
}
