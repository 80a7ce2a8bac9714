package dev.framelabel.testing.cluster;

import dev.framelabel.tools.demo.BrokerFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;

/**
 * A Kafka broker as a process of its own, on a fixed loopback port: it can be killed, and started
 * again on the same data.
 */
public final class BrokerProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofMinutes(5);

  private final AppFolder app;
  private final Path folder;
  private final int port = BrokerFiles.freePort();
  private final CuttableProxy proxy;
  private JavaProcess process;

  /**
   * Prepares a broker and starts it.
   *
   * @param settings broker settings that go before the usual ones
   */
  BrokerProcess(AppFolder app, Path folder, int transactionVersion, Map<String, String> settings) {
    this.app = app;
    this.folder = folder;
    int jobPort = BrokerFiles.freePort();
    this.proxy = new CuttableProxy(jobPort);
    int controllerPort = BrokerFiles.freePort();
    Properties properties = BrokerFiles.settings(folder, port, controllerPort);
    addJobListener(properties, jobPort);
    // A killed broker's session must end before its successor may register.
    properties.put("broker.session.timeout.ms", "3000");
    properties.put("broker.heartbeat.interval.ms", "500");
    properties.putAll(settings);
    BrokerFiles.format(properties, transactionVersion);
    try {
      Files.createDirectories(folder);
      try (Writer out = Files.newBufferedWriter(folder.resolve("server.properties"))) {
        properties.store(out, null);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    launch();
  }

  /** A second listener, which says that it is where the proxy is. */
  private void addJobListener(Properties properties, int jobPort) {
    properties.merge(
        "listeners", ",JOB://127.0.0.1:" + jobPort, (a, b) -> a.toString() + b.toString());
    properties.merge(
        "listener.security.protocol.map", ",JOB:PLAINTEXT", (a, b) -> a.toString() + b.toString());
    properties.put(
        "advertised.listeners",
        "PLAINTEXT://127.0.0.1:" + port + ",JOB://127.0.0.1:" + proxy.port());
    properties.put("inter.broker.listener.name", "PLAINTEXT");
  }

  /** Starts the process; {@link #awaitReady} tells when it serves. */
  public void launch() {
    process =
        JavaProcess.start(
            new JavaProcess.Command(
                "broker",
                app.everything(),
                List.of("-Xmx512m", "-Dlog4j2.configurationFile=" + Logs.file(folder)),
                List.of("kafka.Kafka", folder.resolve("server.properties").toString()),
                Map.of(),
                List.of()),
            folder);
  }

  /** Blocks until the broker answers. */
  public void awaitReady() {
    try (Admin admin = Admin.create(Map.copyOf(client()))) {
      Await.until(
          "the broker answers (" + process.log() + ")",
          START_LIMIT,
          () -> {
            process.requireAlive();
            return !admin.describeCluster().nodes().get(5, TimeUnit.SECONDS).isEmpty();
          });
    }
  }

  public String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  /** Where the job finds the broker: behind a network that can be cut. */
  public String jobBootstrapServers() {
    return "127.0.0.1:" + proxy.port();
  }

  /** The network between the job and the broker. */
  public CuttableProxy network() {
    return proxy;
  }

  /** What a Kafka client needs to reach this broker. */
  public Map<String, String> client() {
    return Map.of("bootstrap.servers", bootstrapServers());
  }

  public JavaProcess process() {
    return process;
  }

  @Override
  public void close() {
    process.kill();
    proxy.close();
  }
}
