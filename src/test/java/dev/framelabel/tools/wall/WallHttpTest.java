package dev.framelabel.tools.wall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.tools.demo.BrokerFiles;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a wall answers over HTTP, who may ask, and what it says while there is no broker. */
class WallHttpTest {
  private static final String TOKEN = "open sesame 1001";
  private static final Map<String, String> NO_BROKER =
      Map.of("bootstrap.servers", "127.0.0.1:" + BrokerFiles.freePort());
  private static final Pattern METRIC =
      Pattern.compile("([a-z_0-9]+)(\\{[a-z]+=\"[a-z_]+\"})? (-?[0-9.]+(E-?[0-9]+)?)");

  private static Wall wall;
  private static Wall guarded;
  private static WallClient client;
  private static WallClient stranger;
  private static OpenApi api;

  @BeforeAll
  static void start() throws Exception {
    wall = Wall.start(WallSettings.local(NO_BROKER, 0));
    guarded =
        Wall.start(
            new WallSettings(
                NO_BROKER, LiveTopics.DEFAULT, WallSettings.LOOPBACK, 0, TOKEN, false));
    client = new WallClient(wall);
    stranger = new WallClient(guarded);
    api = new OpenApi(client);
    Instant now = Instant.now();
    wall.model().frame(ObservedResults.frame("door", "no picture", new byte[100], now), now);
    wall.model().outcome(ObservedResults.nameless(1), ObservedResults.provisional(1, now));
  }

  @AfterAll
  static void stop() throws Exception {
    wall.close();
    guarded.close();
  }

  @Test
  void anyAnswer_hasAPolicyThatLetsNothingElseIn() throws Exception {
    List<String> paths = new ArrayList<>(StaticPage.ALL.stream().map(StaticPage::path).toList());
    paths.addAll(List.of("/api/cameras", "/metrics", "/healthz", "/nothing", "/api/labels"));
    for (String path : paths) {
      HttpResponse<String> answer = client.get(path);
      String policy = answer.headers().firstValue("Content-Security-Policy").orElseThrow();
      assertThat(policy).as(path).startsWith("default-src 'none'; ").doesNotContain("unsafe", "*");
      assertThat(policy)
          .doesNotContain("http", "data:", "blob:")
          .contains("frame-ancestors 'none'");
      assertThat(answer.headers().map())
          .containsEntry("x-content-type-options", List.of("nosniff"))
          .containsEntry("cross-origin-resource-policy", List.of("same-origin"))
          .doesNotContainKey("access-control-allow-origin");
      assertThat(answer.headers().firstValue("content-type")).as(path).isPresent();
    }
  }

  @Test
  void page_namesNoOtherHost() throws Exception {
    for (StaticPage page : StaticPage.ALL) {
      String text = client.get(page.path()).body().replace("http://www.w3.org/2000/svg", "");
      assertThat(text).as(page.path()).doesNotContainPattern("(https?:)?//[\\w-]+\\.\\w");
    }
  }

  @Test
  void request_inTheNameOfAnotherHost_isRefused() throws Exception {
    for (String host : List.of("evil.example", "evil.example:80", "127.0.0.1.evil.example", "")) {
      try (Socket socket = client.ask("/", "Host: " + host)) {
        assertThat(WallClient.statusLine(socket)).as(host).startsWith("HTTP/1.1 403 ");
      }
    }
    for (String host : List.of("localhost", "127.0.0.1", "[::1]", "localhost:" + client.port())) {
      try (Socket socket = client.ask("/", "Host: " + host)) {
        assertThat(WallClient.statusLine(socket)).as(host).startsWith("HTTP/1.1 200 ");
      }
    }
  }

  /** CVE-2026-28367, -28368, -28369: a proxy in front would read these in another way. */
  @ParameterizedTest
  @ValueSource(strings = {"Host: a\r\r\r", " X: a\r\nHost: a\r\n\r\n", "Host: a\r\nX Y: b\r\n\r\n"})
  void request_thatCouldBeReadInTwoWays_isRefused(String headers) throws Exception {
    try (Socket socket = client.send("GET / HTTP/1.1\r\n" + headers)) {
      assertThat(WallClient.statusLine(socket)).startsWith("HTTP/1.1 400 ");
    }
  }

  @Test
  void host_otherNamesOfThisMachine_areAnsweredToo() throws Exception {
    for (String host : List.of("localhost", "127.0.0.2")) {
      try (Wall other =
          Wall.start(new WallSettings(NO_BROKER, LiveTopics.DEFAULT, host, 0, "", false))) {
        assertThat(new WallClient(other).get("/").statusCode()).isEqualTo(200);
      }
    }
  }

  @Test
  void token_missingOrWrong_opensNothingButHealth() throws Exception {
    for (String path :
        List.of(
            "/api/cameras",
            "/api/labels?camera=a",
            "/api/summary",
            "/api/picture?frame=a",
            "/api/stream",
            "/metrics")) {
      api.answer(stranger, 401, path);
      api.answer(stranger, 401, path, "Authorization", "Bearer " + TOKEN + "x");
      api.answer(stranger, 401, path, "Authorization", TOKEN);
      api.answer(stranger, 401, path, "Cookie", "framelabel-wall=other");
    }
    for (StaticPage page : StaticPage.ALL) {
      assertThat(stranger.get(page.path()).statusCode()).isEqualTo(401);
      assertThat(stranger.get(page.path() + "?token=wrong").statusCode()).isEqualTo(401);
    }
    assertThat(stranger.get("/").body()).contains("token").doesNotContain(TOKEN);
    assertThat(stranger.get("/healthz").statusCode()).isNotEqualTo(401);
  }

  @Test
  void token_right_opensByHeaderAndByLinkThatBecomesACookie() throws Exception {
    api.answer(stranger, 200, "/api/cameras", "Authorization", "Bearer " + TOKEN);
    HttpResponse<String> link = stranger.get("/?token=" + TOKEN.replace(" ", "%20"));
    assertThat(link.statusCode()).isEqualTo(303);
    assertThat(link.headers().firstValue("location")).contains("/");
    String cookie = link.headers().firstValue("set-cookie").orElseThrow();
    assertThat(cookie).containsIgnoringCase("httponly").containsIgnoringCase("samesite=strict");
    String pair = cookie.substring(0, cookie.indexOf(';'));
    assertThat(stranger.get("/", "Cookie", pair).statusCode()).isEqualTo(200);
    api.answer(stranger, 200, "/api/summary", "Cookie", pair);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/labels",
        "/api/labels?camera=",
        "/api/labels?camera=door&since=yesterday",
        "/api/labels?camera=door&since=-1",
        "/api/labels?camera=door&since=1.5",
        "/api/labels?camera=door&since=99999999999999999999",
        "/api/picture",
        "/api/picture?frame="
      })
  void query_thatIsWrong_isAnsweredInWords(String path) throws Exception {
    String body = api.answer(client, 400, path).body();
    assertThat(body).containsAnyOf("since is '", "camera is missing", "frame is missing");
    assertThat(body).contains("expected a");
  }

  @Test
  void answers_allDocumented_areAsTheFileSays() throws Exception {
    api.answer(client, 200, "/api/cameras");
    api.answer(client, 200, "/api/summary");
    api.answer(client, 200, "/metrics");
    api.answer(client, 200, "/api/labels?camera=door&since=0");
    api.answer(client, 404, "/api/labels?camera=nobody");
    api.answer(client, 404, "/api/picture?frame=unknown");
    api.answer(client, 415, "/api/picture?frame=no%20picture");
    assertThat(client.get("/nothing").statusCode()).isEqualTo(404);
    assertThat(client.get("/nothing").body()).contains("no such page");
    assertThat(api.paths())
        .toIterable()
        .containsExactlyInAnyOrder(
            "/api/cameras",
            "/api/labels",
            "/api/summary",
            "/api/picture",
            "/api/stream",
            "/metrics",
            "/healthz");
  }

  @Test
  void health_withoutABroker_saysSo() throws Exception {
    WallClient.until(
        "the wall names the broker",
        () -> client.get("/healthz").body().contains("unreachable: no answer"));
    HttpResponse<String> answer = api.answer(client, 503, "/healthz");
    assertThat(answer.body()).contains(NO_BROKER.get("bootstrap.servers"));
    assertThat(client.json("/api/summary").at("/broker/reachable").asBoolean()).isFalse();
    assertThat(client.get("/metrics").body()).contains("framelabel_wall_broker_reachable 0.0\n");
  }

  @Test
  void metrics_allLines_areInPrometheusFormat() throws Exception {
    HttpResponse<String> answer = client.get("/metrics");
    assertThat(answer.headers().firstValue("content-type").orElseThrow())
        .startsWith("text/plain; version=0.0.4");
    assertThat(answer.body()).endsWith("\n");
    TreeSet<String> typed = new TreeSet<>();
    TreeSet<String> seen = new TreeSet<>();
    for (String line : answer.body().lines().toList()) {
      if (line.startsWith("# TYPE ")) {
        assertThat(line).matches("# TYPE [a-z_0-9]+ (gauge|counter)");
        assertThat(typed.add(line.replaceFirst("# TYPE (\\S+) .*", "$1")))
            .as("twice: " + line)
            .isTrue();
        assertThat(line.endsWith("counter")).isEqualTo(line.contains("_total "));
      } else if (!line.startsWith("# HELP ")) {
        Matcher metric = METRIC.matcher(line);
        assertThat(metric.matches()).as(line).isTrue();
        assertThat(typed).contains(metric.group(1));
        assertThat(seen.add(metric.group(1) + metric.group(2))).as("twice: " + line).isTrue();
      }
    }
    assertThat(seen).contains("framelabel_wall_rejected_frames_total{kind=\"unreadable_event\"}");
  }

  @Test
  void stream_oneViewerTooMany_isToldSo() throws Exception {
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < Viewers.MAX_VIEWERS; i++) {
        Socket socket = client.ask("/api/stream", "Host: localhost");
        sockets.add(socket);
        assertThat(WallClient.statusLine(socket)).startsWith("HTTP/1.1 200 ");
      }
      WallClient.until("all watch", () -> wall.viewers().count() == Viewers.MAX_VIEWERS);
      HttpResponse<String> answer = api.answer(client, 503, "/api/stream");
      assertThat(answer.body()).contains("500 pages are open");
      assertThat(answer.headers().firstValue("retry-after")).isPresent();
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
    WallClient.until("all are gone", () -> wall.viewers().count() == 0);
  }
}
