package dev.framelabel.tools.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.framelabel.testing.cluster.ChildCommand;
import dev.framelabel.tools.demo.BrokerFiles;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A Prometheus server of the system that reads ports of this machine. */
final class Prometheus implements AutoCloseable {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private final int port = BrokerFiles.freePort();
  private final Process process;

  Prometheus(Path folder, int firstPort, int ports) throws IOException {
    List<String> targets =
        IntStream.range(firstPort, firstPort + ports)
            .mapToObj(p -> "'127.0.0.1:" + p + "'")
            .toList();
    Path config = Files.createDirectories(folder).resolve("prometheus.yml");
    Files.writeString(
        config,
        "global: {scrape_interval: 2s}\nscrape_configs:\n  - job_name: flink\n    static_configs:\n"
            + "      - targets: ["
            + String.join(", ", targets)
            + "]\n");
    process =
        new ProcessBuilder(
                ChildCommand.endingWithParent(
                    "prometheus",
                    "--config.file=" + config,
                    "--storage.tsdb.path=" + folder.resolve("data"),
                    "--web.listen-address=127.0.0.1:" + port))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("prometheus.log").toFile())
            .start();
  }

  static boolean installed() {
    return Stream.of(System.getenv("PATH").split(":", -1))
        .anyMatch(path -> Files.isExecutable(Path.of(path, "prometheus")));
  }

  /** Series that a query finds now. */
  int series(String query) {
    String url =
        "http://127.0.0.1:"
            + port
            + "/api/v1/query?query="
            + URLEncoder.encode(query, StandardCharsets.UTF_8);
    try {
      JsonNode answer = new ObjectMapper().readTree(body(url));
      if (!answer.path("status").asText().equals("success")) {
        throw new IllegalStateException(query + ": " + answer);
      }
      return answer.at("/data/result").size();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What a page holds; empty where nothing listens. */
  static String body(String url) {
    try {
      return CLIENT
          .send(
              HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
