package dev.framelabel.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/** Properties of Kafka clients, from the command line and a file. */
final class KafkaClient {
  private KafkaClient() {}

  /**
   * @param file may be null
   */
  static Map<String, String> properties(String bootstrapServers, Path file) throws IOException {
    Map<String, String> properties = new HashMap<>();
    if (file != null) {
      Properties read = new Properties();
      try (InputStream in = Files.newInputStream(file)) {
        read.load(in);
      }
      read.stringPropertyNames().forEach(name -> properties.put(name, read.getProperty(name)));
    }
    properties.put("bootstrap.servers", bootstrapServers);
    return properties;
  }
}
