package dev.framelabel.tools.wall;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.Callable;

/** Asks a wall, as pages and programs do. */
final class WallClient {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final ObjectMapper MAPPER = new ObjectMapper();

  static final JsonNode NOTHING = MAPPER.missingNode();

  private final URI address;
  private final HttpClient http = HttpClient.newHttpClient();

  WallClient(Wall wall) {
    address = URI.create(wall.address());
  }

  int port() {
    return address.getPort();
  }

  /**
   * @param headers names and values
   */
  HttpResponse<String> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(address.resolve(path)).timeout(LIMIT);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  JsonNode json(String path, String... headers) throws Exception {
    return MAPPER.readTree(get(path, headers).body());
  }

  static JsonNode parse(String text) throws IOException {
    return MAPPER.readTree(text);
  }

  JsonNode labels(String camera) throws Exception {
    return json("/api/labels?camera=" + URLEncoder.encode(camera, UTF_8));
  }

  /** The camera as all cameras show it; a missing node where it is not among them. */
  JsonNode camera(String camera) throws Exception {
    for (JsonNode one : json("/api/cameras")) {
      if (one.path("camera").asText().equals(camera)) {
        return one;
      }
    }
    return NOTHING;
  }

  /** A plain socket that has asked for the path and has read nothing. */
  Socket ask(String path, String... headerLines) throws IOException {
    return send("GET " + path + " HTTP/1.1\r\n" + String.join("\r\n", headerLines) + "\r\n\r\n");
  }

  /** A request as it is; the caller closes the socket. */
  Socket send(String request) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4 << 10);
    socket.connect(
        new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), address.getPort()));
    socket.getOutputStream().write(request.getBytes(UTF_8));
    socket.getOutputStream().flush();
    return socket;
  }

  /** The first line of the answer. */
  static String statusLine(Socket socket) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = socket.getInputStream().read();
        next >= 0 && next != '\r';
        next = socket.getInputStream().read()) {
      line.append((char) next);
    }
    return line.toString();
  }

  /** Waits until the condition holds; fails in words after a minute and a half. */
  static void until(String what, Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("waited in vain until " + what);
      }
      Thread.sleep(50);
    }
  }
}
