package dev.framelabel.tools.demo;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * Settings and files that a single broker with its own KRaft controller needs before it starts, on
 * loopback.
 */
public final class BrokerFiles {
  private static final int FIRST_PORT = 12_000;
  private static final int LAST_PORT = 30_000;
  private static final Set<Integer> GIVEN = new HashSet<>();

  /** Leaves the version of Kafka's transaction protocol to the release. */
  public static final int DEFAULT_TRANSACTION_VERSION = 0;

  private static final String CONTROLLER = "CONTROLLER";
  private static final int NODE = 1;

  private BrokerFiles() {}

  /**
   * Returns the broker's settings.
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

  /**
   * Returns a port of loopback that nobody has, and that this process gives out once. Below the
   * range from which systems take ports for outgoing connections: one of those could have it before
   * its server is up.
   */
  public static synchronized int freePort() {
    while (GIVEN.size() < LAST_PORT - FIRST_PORT) {
      int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT);
      if (GIVEN.add(port) && isFree(port)) {
        return port;
      }
    }
    throw new IllegalStateException("no free port between " + FIRST_PORT + " and " + LAST_PORT);
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
