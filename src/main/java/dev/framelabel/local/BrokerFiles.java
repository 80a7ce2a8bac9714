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
import java.util.Properties;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/** What a single broker with its own KRaft controller needs before it starts, on loopback. */
public final class BrokerFiles {
  /** Leaves the version of Kafka's transaction protocol to the release. */
  public static final int DEFAULT_TRANSACTION_VERSION = 0;

  private static final String CONTROLLER = "CONTROLLER";
  private static final int NODE = 1;

  private BrokerFiles() {}

  /**
   * The broker's settings.
   *
   * @param folder the broker keeps its data below it
   */
  public static Properties settings(Path folder, int port, int controllerPort) {
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

  /**
   * Prepares the broker's data folder; leaves one that is prepared as it is.
   *
   * @param transactionVersion 1, 2, or {@link #DEFAULT_TRANSACTION_VERSION}
   */
  public static void format(Properties settings, int transactionVersion) {
    String folder = settings.getProperty("log.dirs");
    Formatter formatter =
        new Formatter()
            .setPrintStream(
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
            .setClusterId(Uuid.randomUuid().toString())
            .setNodeId(NODE)
            .setReleaseVersion(MetadataVersion.latestProduction())
            .setControllerListenerName(CONTROLLER)
            .setDirectories(List.of(folder))
            .setMetadataLogDirectory(folder)
            .setIgnoreFormatted(true);
    if (transactionVersion != DEFAULT_TRANSACTION_VERSION) {
      formatter.setFeatureLevel("transaction.version", (short) transactionVersion);
    }
    try {
      formatter.run();
    } catch (Exception e) {
      throw new IllegalStateException("Kafka's folder " + folder + " cannot be formatted", e);
    }
  }

  /** A loopback port that nothing listens on now. */
  public static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
