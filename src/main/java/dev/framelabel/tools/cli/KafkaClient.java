package dev.framelabel.tools.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import picocli.CommandLine.Option;

/**
 * The options of commands that talk to Kafka, and the client properties that they make. Passwords
 * come from the file, or from what the file points to; never from the command line.
 */
final class KafkaClient {
  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT",
      description = "Kafka brokers, separated by commas.",
      defaultValue = "localhost:9092")
  private String bootstrapServers;

  @Option(
      names = "--kafka-properties",
      paramLabel = "FILE",
      description = "More properties of the Kafka client, such as TLS and SASL.")
  private Path file;

  /**
   * What a Kafka client needs.
   *
   * @throws IllegalArgumentException if the file cannot be read
   */
  Map<String, String> properties() {
    Map<String, String> properties = new HashMap<>();
    if (file != null) {
      Properties read = new Properties();
      try (InputStream in = Files.newInputStream(file)) {
        read.load(in);
      } catch (IOException e) {
        throw new IllegalArgumentException(
            "--kafka-properties " + file + " cannot be read: " + e, e);
      }
      read.stringPropertyNames().forEach(name -> properties.put(name, read.getProperty(name)));
    }
    properties.put("bootstrap.servers", bootstrapServers);
    return properties;
  }
}
