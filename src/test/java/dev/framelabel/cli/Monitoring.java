package dev.framelabel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.rest.FlinkRest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;

/** Checks the monitoring files against what a running job reports. */
final class Monitoring {

  private Monitoring() {}

  static void check(FlinkRest flink, String job, int firstPort, int ports, Path folder) {
    StringBuilder all = new StringBuilder();
    for (int port = firstPort; port < firstPort + ports; port++) {
      all.append(scrape(port));
    }
    try {
      Files.writeString(Path.of("target/scrape.txt"), all);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    assertThat(all.toString()).contains("framelabel_labelled");
  }

  private static String scrape(int port) {
    try {
      return HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
