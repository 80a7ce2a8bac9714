package dev.framelabel.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.LabellingJob;
import dev.framelabel.config.JobOptions;
import dev.framelabel.config.KafkaOptions;
import dev.framelabel.event.TestEvents;
import dev.framelabel.image.TestImages;
import dev.framelabel.kafka.admin.Topics;
import dev.framelabel.metrics.JobMetric;
import dev.framelabel.model.TestModels;
import dev.framelabel.testing.cluster.Await;
import dev.framelabel.tools.clients.FramePublisher;
import dev.framelabel.tools.demo.BrokerFiles;
import dev.framelabel.tools.demo.EmbeddedBroker;
import java.awt.Color;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A running job reports exactly the described metrics; Flink's Prometheus reporter names them. */
@Timeout(240)
class MetricsReferenceIT {
  private static final String REPORTER = "metrics.reporter.prom.";
  private static final Duration LIMIT = Duration.ofMinutes(2);

  @TempDir private Path folder;

  /** A sample line: its metric, the labels, and what the type line says. */
  private record Sample(String name, String labels, String type) {}

  @Test
  void metrics_ofARunningJob_areThoseDescribed() throws Exception {
    int port = BrokerFiles.freePort();
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"));
        MiniCluster cluster = cluster(port)) {
      List<String> topics = List.of("frames", "labels", "rejected");
      List<String> ignored = Topics.create(broker.client(), topics, 1, (short) 1, 1 << 20);
      submit(cluster, broker);
      try (FramePublisher publisher = new FramePublisher(broker.client(), "frames", 1 << 20)) {
        var unused =
            publisher
                .publish(TestEvents.frame("frame-1", TestImages.jpeg(64, 48, Color.RED)))
                .join();
      }
      // Registered with the first labelled frame, after all others.
      String last = JobMetric.LATENCY_MILLIS.prometheusName();
      Await.until("a labelled frame", LIMIT, () -> scrape(port).contains(last + "_count{"));
      List<Sample> samples = samples(scrape(port));
      Map<String, JobMetric> described =
          Stream.of(JobMetric.values())
              .collect(
                  Collectors.toMap(
                      JobMetric::prometheusName, metric -> metric, (a, b) -> a, TreeMap::new));
      assertThat(samples.stream().map(Sample::name).distinct())
          .containsExactlyInAnyOrderElementsOf(described.keySet());
      assertThat(samples)
          .allSatisfy(sample -> assertIsDescribed(sample, described.get(sample.name())));
    }
  }

  private static void assertIsDescribed(Sample sample, JobMetric metric) {
    assertThat(sample.type())
        .isEqualTo(metric.type() == JobMetric.Type.HISTOGRAM ? "summary" : "gauge");
    assertThat(metric.labels()).allMatch(label -> sample.labels().contains(label + "=\""));
    assertThat(List.of(metric.operator().names().split(", ")))
        .map(name -> "operator_name=\"" + name.replaceAll("[^a-zA-Z0-9:_]", "_") + "\"")
        .anyMatch(sample.labels()::contains);
  }

  private MiniCluster cluster(int port) throws Exception {
    Configuration configuration = new Configuration();
    configuration.setString(
        REPORTER + "factory.class",
        "org.apache.flink.metrics.prometheus.PrometheusReporterFactory");
    configuration.setString(REPORTER + "port", Integer.toString(port));
    configuration.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
    MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(1)
                .withRandomPorts()
                .build());
    cluster.start();
    return cluster;
  }

  private void submit(MiniCluster cluster, EmbeddedBroker broker) throws Exception {
    Configuration options = new Configuration();
    options.set(KafkaOptions.BOOTSTRAP_SERVERS, broker.bootstrapServers());
    options.set(JobOptions.MODEL, TestModels.colour().toString());
    options.set(JobOptions.DEVICE, "cpu");
    StreamExecutionEnvironment environment = new StreamExecutionEnvironment(new Configuration());
    LabellingJob.addTo(environment, options, new Configuration());
    var ignored = cluster.submitJob(environment.getStreamGraph()).get();
  }

  /** The samples of the job's own metrics; those of a summary have the name of the metric. */
  private static List<Sample> samples(String scrape) {
    Map<String, String> types =
        scrape
            .lines()
            .filter(line -> line.startsWith("# TYPE "))
            .map(line -> line.split(" ", -1))
            .collect(Collectors.toMap(words -> words[2], words -> words[3], (a, b) -> a));
    return scrape
        .lines()
        .filter(line -> line.startsWith("flink_") && line.contains("framelabel_"))
        .map(
            line -> {
              String name = line.substring(0, line.indexOf('{')).replaceFirst("_count$", "");
              return new Sample(name, line, types.get(name));
            })
        .toList();
  }

  private static String scrape(int port) {
    try {
      return HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
