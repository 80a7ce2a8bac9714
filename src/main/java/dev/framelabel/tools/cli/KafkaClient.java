package dev.framelabel.tools.cli;

import dev.framelabel.config.KafkaOptions;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Option;

/**
 * The options of commands that talk to Kafka, which are the job's. Passwords come from the file, or
 * from what the file points to; never from the command line.
 */
final class KafkaClient {
  @Option(names = "--bootstrap-servers")
  private String bootstrapServers;

  @Option(names = "--kafka-properties")
  private String file;

  /**
   * Returns the properties of a Kafka client.
   *
   * @throws IllegalArgumentException if the file cannot be read
   */
  Map<String, String> properties() {
    Configuration options = new Configuration();
    options.set(KafkaOptions.BOOTSTRAP_SERVERS, bootstrapServers);
    options.set(KafkaOptions.KAFKA_PROPERTIES, file);
    return new KafkaOptions(options).client();
  }
}
