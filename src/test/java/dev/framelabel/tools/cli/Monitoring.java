package dev.framelabel.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.framelabel.testing.cluster.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Checks the monitoring files against what a running job reports. */
final class Monitoring {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final Path FILES = Path.of("deploy/monitoring");
  private static final Pattern METRIC = Pattern.compile("\\bflink_\\w+");

  private Monitoring() {}

  /** What the processes report now, in Prometheus' text format. */
  static String scrape(int firstPort, int ports) {
    return IntStream.range(firstPort, firstPort + ports)
        .mapToObj(port -> Prometheus.body("http://127.0.0.1:" + port + "/metrics"))
        .collect(Collectors.joining());
  }

  /** Every metric that the files name is reported. */
  static void checkNames(String scrape) throws IOException {
    Set<String> reported =
        scrape
            .lines()
            .filter(line -> line.startsWith("flink_"))
            .map(line -> line.replaceAll("\\W.*", ""))
            .collect(Collectors.toCollection(TreeSet::new));
    for (String query : Stream.concat(panels().stream(), alerts().stream()).toList()) {
      assertThat(reported)
          .as(query)
          .containsAll(METRIC.matcher(query).results().map(MatchResult::group).toList());
    }
  }

  /** Every panel's query finds something, and every alert's is one that Prometheus takes. */
  static void checkQueries(Path folder, int firstPort, int ports) throws IOException {
    try (Prometheus prometheus = new Prometheus(folder, firstPort, ports)) {
      Await.until(
          "Prometheus has scraped twice", LIMIT, () -> prometheus.series("rate(up[1m])") > 0);
      for (String query : panels()) {
        Await.until("series of " + query, LIMIT, () -> prometheus.series(query) > 0);
      }
      for (String query : alerts()) {
        int ignored = prometheus.series(query);
      }
    }
  }

  private static List<String> panels() throws IOException {
    return new ObjectMapper()
        .readTree(FILES.resolve("grafana-dashboard.json").toFile())
        .findValuesAsText("expr");
  }

  private static List<String> alerts() throws IOException {
    return new YAMLMapper()
        .readTree(FILES.resolve("alerts.yaml").toFile())
        .findValuesAsText("expr");
  }
}
