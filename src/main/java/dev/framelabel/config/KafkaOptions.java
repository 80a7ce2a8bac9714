package dev.framelabel.config;

import static org.apache.flink.configuration.ConfigOptions.key;

import dev.framelabel.wire.InputFormat;
import dev.framelabel.wire.OutputFormat;
import dev.framelabel.wire.registry.RegistrySettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;

/**
 * Where frames come from and results go, each setting with its default where it is declared.
 *
 * @param configuration the options below, as the user set them
 */
public record KafkaOptions(Configuration configuration) implements Serializable {
  private static final long serialVersionUID = 1L;

  public static final ConfigOption<String> BOOTSTRAP_SERVERS =
      key("bootstrap-servers")
          .stringType()
          .defaultValue("localhost:9092")
          .withDescription("Kafka brokers to begin with: host:port, separated by commas.");

  public static final ConfigOption<String> KAFKA_PROPERTIES =
      key("kafka-properties")
          .stringType()
          .defaultValue("")
          .withDescription(
              "File of Kafka client properties (security and the like) for source and sinks; keeps secrets off"
                  + " the command line.");

  public static final ConfigOption<String> FRAMES_TOPIC =
      key("frames-topic")
          .stringType()
          .defaultValue("frames")
          .withDescription("Topic of image events.");

  public static final ConfigOption<String> LABELS_TOPIC =
      key("labels-topic")
          .stringType()
          .defaultValue("labels")
          .withDescription("Topic of labelled frames.");

  public static final ConfigOption<String> REJECTED_TOPIC =
      key("rejected-topic")
          .stringType()
          .defaultValue("rejected")
          .withDescription("Topic of frames that could not be labelled.");

  public static final ConfigOption<String> GROUP_ID =
      key("group-id")
          .stringType()
          .defaultValue("framelabel")
          .withDescription(
              "Consumer group: a job without a checkpoint starts at its committed offsets, else at the earliest.");

  public static final ConfigOption<String> FROM_TIMESTAMP =
      key("from-timestamp")
          .stringType()
          .defaultValue("")
          .withDescription(
              "Start at the first record of this time or later (2026-01-31T12:00:00Z), whatever is committed.");

  public static final ConfigOption<Boolean> BOUNDED =
      key("bounded")
          .booleanType()
          .defaultValue(false)
          .withDescription(
              "Stop at the offsets that are the latest at the start: labels history, then ends.");

  public static final ConfigOption<Duration> PARTITION_DISCOVERY =
      key("partition-discovery-interval")
          .durationType()
          .defaultValue(Duration.ofMinutes(1))
          .withDescription("How often new partitions of the frames topic are looked for.");

  public static final ConfigOption<Delivery> DELIVERY =
      key("delivery")
          .enumType(Delivery.class)
          .defaultValue(Delivery.EXACTLY_ONCE)
          .withDescription(
              "exactly-once: read_committed readers see a result after the next checkpoint. at-least-once: at"
                  + " once, with repeats after a failure; de-duplicate on frameId.");

  public static final ConfigOption<String> TRANSACTIONAL_ID_PREFIX =
      key("transactional-id-prefix")
          .stringType()
          .defaultValue("framelabel")
          .withDescription(
              "Begins the ids of this job's transactions; unique among the jobs of a Kafka cluster.");

  public static final ConfigOption<Duration> TRANSACTION_TIMEOUT =
      key("transaction-timeout")
          .durationType()
          .defaultValue(Duration.ofMinutes(15))
          .withDescription(
              "The broker aborts a transaction that is open for longer: an outage between a checkpoint and its"
                  + " commit must be shorter. At most the broker's transaction.max.timeout.ms.");

  public static final ConfigOption<LostCommit> ON_LOST_COMMIT =
      key("on-lost-commit")
          .enumType(LostCommit.class)
          .defaultValue(LostCommit.REPAIR)
          .withDescription(
              "When the broker has aborted a transaction whose checkpoint was complete: repair (publish its"
                  + " results again; where they are gone, label its frames again), fail (end the job) or continue"
                  + " (count and log the loss).");

  public static final ConfigOption<Boolean> SKIP_START_CHECKS =
      key("skip-start-checks")
          .booleanType()
          .defaultValue(false)
          .withDescription(
              "Submit without asking the brokers for topics, permissions and transaction settings first: for"
                  + " brokers that only the workers can reach.");

  public static final ConfigOption<MemorySize> MAX_RECORD_SIZE =
      key("max-record-size")
          .memoryType()
          .defaultValue(new MemorySize(1_000_000))
          .withDescription(
              "Largest record that the output topics take (their max.message.bytes). A rejected frame whose"
                  + " original would not fit carries its beginning, its size and its sha256.");

  public static final ConfigOption<OutputFormat> OUTPUT_FORMAT =
      key("output-format")
          .enumType(OutputFormat.class)
          .defaultValue(OutputFormat.SINGLE_OBJECT)
          .withDescription(
              "Framing of the results: single-object (Avro's, with the schema's fingerprint), plain Avro, confluent"
                  + " (a schema registry's id in 4 bytes) or apicurio (its global id in 8 bytes); the last two"
                  + " need --registry.");

  public static final ConfigOption<InputFormat> INPUT_FORMAT =
      key("input-format")
          .enumType(InputFormat.class)
          .defaultValue(InputFormat.AUTO)
          .withDescription(
              "Which records are taken as frames: auto (each as it is recognised), single-object, plain, confluent,"
                  + " apicurio, or image (a bare JPEG or PNG). Others are rejected.");

  public static final ConfigOption<String> REGISTRY =
      key("registry")
          .stringType()
          .defaultValue("")
          .withDescription(
              "URL of the schema registry: with Confluent's calls (http://registry:8081), or Apicurio's own"
                  + " (http://registry:8080/apis/registry/v3). A user for it: basic.auth.user.info in the file of"
                  + " --kafka-properties.");

  /** All options of this class, in the order of the help text. */
  public static final List<ConfigOption<?>> ALL =
      List.of(
          BOOTSTRAP_SERVERS,
          KAFKA_PROPERTIES,
          FRAMES_TOPIC,
          LABELS_TOPIC,
          REJECTED_TOPIC,
          GROUP_ID,
          FROM_TIMESTAMP,
          BOUNDED,
          PARTITION_DISCOVERY,
          DELIVERY,
          TRANSACTIONAL_ID_PREFIX,
          TRANSACTION_TIMEOUT,
          ON_LOST_COMMIT,
          SKIP_START_CHECKS,
          MAX_RECORD_SIZE,
          OUTPUT_FORMAT,
          INPUT_FORMAT,
          REGISTRY);

  private static final String REGISTRY_USER = "basic.auth.user.info";

  public KafkaOptions {
    configuration = new Configuration(configuration);
    Optional<Instant> ignored = startTime(configuration);
    if (configuration.get(TRANSACTIONAL_ID_PREFIX).isBlank()) {
      throw new IllegalArgumentException("--transactional-id-prefix is empty; expected a name");
    }
    checkRegistry(configuration);
  }

  private static void checkRegistry(Configuration configuration) {
    OutputFormat wire = configuration.get(OUTPUT_FORMAT);
    String url = configuration.get(REGISTRY);
    if (url.isEmpty() && wire.registered()) {
      throw new IllegalArgumentException(
          "--output-format is "
              + wire
              + " without --registry; expected the URL of a schema registry");
    }
    if (!url.isEmpty()) {
      boolean apicurio = new RegistrySettings(url, "").apicurio();
      if (wire == OutputFormat.APICURIO && !apicurio) {
        throw new IllegalArgumentException(
            "--output-format is apicurio and --registry "
                + url
                + "; expected a URL that ends with /apis/registry/v3, for only those calls know"
                + " global ids");
      }
    }
  }

  /** The schema registry, where the user named one. */
  public Optional<RegistrySettings> registry() {
    String url = get(REGISTRY);
    return url.isEmpty()
        ? Optional.empty()
        : Optional.of(new RegistrySettings(url, allProperties().getProperty(REGISTRY_USER, "")));
  }

  public <T> T get(ConfigOption<T> option) {
    return configuration.get(option);
  }

  /** When to start reading, where the user said so. */
  public Optional<Instant> startTime() {
    return startTime(configuration);
  }

  private static Optional<Instant> startTime(Configuration configuration) {
    String text = configuration.get(FROM_TIMESTAMP);
    try {
      return text.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(text));
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "--from-timestamp is '" + text + "'; expected a UTC time such as 2026-01-31T12:00:00Z",
          e);
    }
  }

  /** What a Kafka client needs to reach the brokers. */
  public Map<String, String> client() {
    Map<String, String> client = new HashMap<>();
    Properties properties = clientProperties();
    properties
        .stringPropertyNames()
        .forEach(name -> client.put(name, properties.getProperty(name)));
    client.put("bootstrap.servers", get(BOOTSTRAP_SERVERS));
    return client;
  }

  /** The properties of Kafka's clients from the user's file; empty without one. */
  public Properties clientProperties() {
    Properties properties = allProperties();
    properties.remove(REGISTRY_USER);
    return properties;
  }

  private Properties allProperties() {
    Properties properties = new Properties();
    String file = get(KAFKA_PROPERTIES);
    if (!file.isEmpty()) {
      try (InputStream in = Files.newInputStream(Path.of(file))) {
        properties.load(in);
      } catch (IOException e) {
        throw new IllegalArgumentException(
            "--kafka-properties " + file + " cannot be read: " + e, e);
      }
    }
    return properties;
  }
}
