package dev.framelabel.tools.demo;

import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;

/**
 * A real Kafka broker with its own KRaft controller in this JVM, on loopback. Its owner closes it.
 */
public final class EmbeddedBroker implements AutoCloseable {
  private final int port;
  private final Properties properties;
  private KafkaRaftServer server;

  /** Starts a broker that keeps its data in an empty or new folder. */
  public static EmbeddedBroker start(Path folder) {
    return start(folder, Map.of());
  }

  /**
   * Starts a broker with settings of the caller. Blocks until it takes requests.
   *
   * @param settings broker settings that go before this class's own
   */
  public static EmbeddedBroker start(Path folder, Map<String, String> settings) {
    return start(folder, settings, BrokerFiles.DEFAULT_TRANSACTION_VERSION);
  }

  /**
   * Starts a broker with a version of Kafka's transaction protocol. Blocks until it takes requests.
   *
   * @param settings broker settings that go before this class's own
   * @param transactionVersion of Kafka's transaction protocol: 1 or 2
   */
  public static EmbeddedBroker start(
      Path folder, Map<String, String> settings, int transactionVersion) {
    return new EmbeddedBroker(folder, settings, transactionVersion);
  }

  private EmbeddedBroker(Path folder, Map<String, String> settings, int transactionVersion) {
    port = BrokerFiles.freePort();
    properties = BrokerFiles.settings(folder, port, BrokerFiles.freePort());
    properties.putAll(settings);
    BrokerFiles.format(properties, transactionVersion);
    startUp();
  }

  private void startUp() {
    server = new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM);
    server.startup();
  }

  /** Starts again after {@link #close}, at the same address, with all that it had. */
  public void startAgain() {
    startUp();
  }

  public String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  /** Returns the properties that a Kafka client needs to reach this broker. */
  public Map<String, String> client() {
    return Map.of("bootstrap.servers", bootstrapServers());
  }

  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }
}
