package dev.framelabel.local;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A real Kafka broker with its own KRaft controller in this JVM, on loopback. Its owner closes it.
 */
public final class EmbeddedBroker implements AutoCloseable {
  private static final String CONTROLLER = "CONTROLLER";
  private static final int NODE = 1;

  private final int port;
  private final KafkaRaftServer server;

  /** Starts a broker that keeps its data in an empty or new folder. */
  public static EmbeddedBroker start(Path folder) {
    return start(folder, Map.of());
  }

  /**
   * @param settings broker settings that go before this class's own
   */
  public static EmbeddedBroker start(Path folder, Map<String, String> settings) {
    return new EmbeddedBroker(folder, settings);
  }

  private EmbeddedBroker(Path folder, Map<String, String> settings) {
    port = freePort();
    Properties properties = settings(folder, port, freePort());
    properties.putAll(settings);
    format(properties.getProperty("log.dirs"));
    server = new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM);
    server.startup();
  }

  private static Properties settings(Path folder, int port, int controllerPort) {
    Properties properties = new Properties();
    properties.put("process.roles", "broker,controller");
    properties.put("node.id", Integer.toString(NODE));
    properties.put("controller.quorum.voters", NODE + "@127.0.0.1:" + controllerPort);
    properties.put("controller.listener.names", CONTROLLER);
    properties.put(
        "listeners",
        "PLAINTEXT://127.0.0.1:" + port + "," + CONTROLLER + "://127.0.0.1:" + controllerPort);
    properties.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    properties.put("log.dirs", folder.resolve("kafka").toString());
    properties.put("auto.create.topics.enable", "false");
    for (String topic :
        new String[] {"offsets.topic", "transaction.state.log", "share.coordinator.state.topic"}) {
      properties.put(topic + ".replication.factor", "1");
    }
    properties.put("offsets.topic.num.partitions", "1");
    properties.put("transaction.state.log.num.partitions", "1");
    properties.put("transaction.state.log.min.isr", "1");
    properties.put("share.coordinator.state.topic.min.isr", "1");
    properties.put("group.initial.rebalance.delay.ms", "0");
    properties.put("message.max.bytes", Integer.toString(64 << 20));
    properties.put("log.cleaner.dedupe.buffer.size", Integer.toString(2 << 20));
    return properties;
  }

  private static void format(String folder) {
    try {
      new Formatter()
          .setPrintStream(
              new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
          .setClusterId(Uuid.randomUuid().toString())
          .setNodeId(NODE)
          .setReleaseVersion(MetadataVersion.latestProduction())
          .setControllerListenerName(CONTROLLER)
          .setDirectories(List.of(folder))
          .setMetadataLogDirectory(folder)
          .setIgnoreFormatted(true)
          .run();
    } catch (Exception e) {
      throw new IllegalStateException("Kafka's folder " + folder + " cannot be formatted", e);
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  /** What a Kafka client needs to reach this broker. */
  public Map<String, String> client() {
    return Map.of("bootstrap.servers", bootstrapServers());
  }

  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }
}
