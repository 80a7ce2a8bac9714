package dev.framelabel.config;

import static org.apache.flink.configuration.ConfigOptions.key;

import dev.framelabel.address.Addresses;
import dev.framelabel.text.TextFile;
import dev.framelabel.wire.InputFormat;
import dev.framelabel.wire.OutputFormat;
import dev.framelabel.wire.registry.RegistrySettings;
import java.io.IOException;
import java.io.Serializable;
import java.io.StringReader;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;

/**
 * The options for Kafka: topics, clients, formats and delivery. Every value is checked on creation.
 *
 * @param configuration the options below, as the user set them
 */
public record KafkaOptions(Configuration configuration) implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final String TOPIC_NAME = "the name of a topic";

  /**
   * The smallest {@code --max-record-size}: twice what all fields of a result take at their limits
   * ({@code event.FieldLimits}), so that there is room for the labels. A rejected record needs as
   * much besides its original.
   */
  public static final int SMALLEST_RECORD_BYTES = 64 << 10;

  private static final OptionGroup KAFKA_GROUP = new OptionGroup("Kafka topics and clients");
  private static final OptionGroup POSITION_GROUP = new OptionGroup("Start position and backfill");
  private static final OptionGroup FORMAT_GROUP =
      new OptionGroup("Record formats and schema registry");
  private static final OptionGroup DELIVERY_GROUP =
      new OptionGroup("Delivery guarantee and Kafka transactions");

  /** The options of this class. */
  static final List<OptionGroup> GROUPS =
      List.of(KAFKA_GROUP, POSITION_GROUP, FORMAT_GROUP, DELIVERY_GROUP);

  public static final ConfigOption<String> BOOTSTRAP_SERVERS =
      KAFKA_GROUP.add(
          key("bootstrap-servers").stringType().defaultValue("localhost:9092"),
          "HOST:PORT,...",
          ValidValues.text("addresses host:port, separated by commas"),
          "Kafka brokers to connect to first.",
          "Set it on every cluster. Name two or more brokers, so that the job starts while one is down.");

  public static final ConfigOption<String> KAFKA_PROPERTIES =
      KAFKA_GROUP.add(
          key("kafka-properties").stringType().defaultValue(""),
          "FILE",
          ValidValues.textOrEmpty("a Java properties file in UTF-8; empty: none", value -> true),
          "File with properties of the Kafka clients, such as TLS and SASL. Passwords belong in this"
              + " file, not on the command line.",
          "Set it if the brokers require TLS or SASL, or to tune a Kafka client.");

  public static final ConfigOption<String> FRAMES_TOPIC =
      KAFKA_GROUP.add(
          key("frames-topic").stringType().defaultValue("frames"),
          "TOPIC",
          ValidValues.text(TOPIC_NAME),
          "Topic of the frames to be labelled.",
          "Set it if the topic has another name.");

  public static final ConfigOption<String> LABELS_TOPIC =
      KAFKA_GROUP.add(
          key("labels-topic").stringType().defaultValue("labels"),
          "TOPIC",
          ValidValues.text(TOPIC_NAME),
          "Topic of the labelled frames.",
          "Set it for a second job on the same frames: each job needs its own output topics.");

  public static final ConfigOption<String> REJECTED_TOPIC =
      KAFKA_GROUP.add(
          key("rejected-topic").stringType().defaultValue("rejected"),
          "TOPIC",
          ValidValues.text(TOPIC_NAME),
          "Topic of the rejected frames (dead letters).",
          "Set it for a second job on the same frames: each job needs its own output topics.");

  public static final ConfigOption<String> GROUP_ID =
      KAFKA_GROUP.add(
          key("group-id").stringType().defaultValue("framelabel"),
          "GROUP",
          ValidValues.text("the name of a consumer group"),
          "Consumer group of the job. Without a checkpoint or savepoint, the job starts at the"
              + " committed offsets of the group; without committed offsets, at the earliest record.",
          "Set it for a second job or a backfill on the same topic.");

  public static final ConfigOption<Duration> PARTITION_DISCOVERY_INTERVAL =
      KAFKA_GROUP.add(
          key("partition-discovery-interval").durationType().defaultValue(Duration.ofMinutes(1)),
          "DURATION",
          ValidValues.durations("0: never"),
          "Interval at which the job looks for new partitions of the frames topic.",
          "Lower it to read new partitions sooner.");

  public static final ConfigOption<MemorySize> MAX_RECORD_SIZE =
      KAFKA_GROUP.add(
          key("max-record-size").memoryType().defaultValue(new MemorySize(1_000_000)),
          "SIZE",
          ValidValues.largerThanZero(),
          "Maximum size of a record in the topics (max.message.bytes). A rejected frame that does not fit"
              + " carries the first bytes of its original, its size and its SHA-256.",
          "Raise it for larger frames; at least 64 KiB. Allow for the largest encoded frame plus 64 KiB, and set"
              + " max.message.bytes of the topics to at least this value.");

  public static final ConfigOption<Boolean> SKIP_START_CHECKS =
      KAFKA_GROUP.add(
          key("skip-start-checks").booleanType().defaultValue(false),
          "Start without asking the brokers for topics, permissions and transaction settings.",
          "Set it if the machine that submits the job cannot reach the brokers.");

  public static final ConfigOption<String> FROM_TIMESTAMP =
      POSITION_GROUP.add(
          key("from-timestamp").stringType().defaultValue(""),
          "TIME",
          ValidValues.textOrEmpty(
              "a UTC time such as 2026-01-31T12:00:00Z; empty: start at the committed offsets",
              value -> Instant.parse(value).isAfter(Instant.MIN)),
          "Start at the first frame whose Kafka timestamp is this time or later. Committed offsets are"
              + " ignored. A restored checkpoint or savepoint takes precedence.",
          "Set it for a backfill: to label the frames of a past time again.");

  public static final ConfigOption<Boolean> BOUNDED =
      POSITION_GROUP.add(
          key("bounded").booleanType().defaultValue(false),
          "Label the frames up to the latest offsets at the start of the job, then end.",
          "Set it for a backfill that ends by itself.");

  public static final ConfigOption<String> FRAME_OFFSETS =
      POSITION_GROUP.add(
          key("frame-offsets").stringType().defaultValue(""),
          "TOPIC-PARTITION@FIRST..LAST,...",
          ValidValues.textOrEmpty(
              "ranges such as frames-0@17..42,frames-1@5; both ends are included; empty: all frames",
              value -> true),
          "Label the frames at these offsets only, then end.",
          "Set it for a backfill of frames whose results are lost; the error of a lost commit prints"
              + " the ranges.");

  public static final ConfigOption<InputFormat> INPUT_FORMAT =
      FORMAT_GROUP.add(
          key("input-format").enumType(InputFormat.class).defaultValue(InputFormat.AUTO),
          InputFormat.class,
          "Format of the records that are accepted as frames; records in another format are rejected."
              + " auto: detect the format of each record. image: a JPEG, PNG or WebP file without Avro.",
          "Set it if all producers use one format, and records in another format are a mistake.");

  public static final ConfigOption<OutputFormat> OUTPUT_FORMAT =
      FORMAT_GROUP.add(
          key("output-format")
              .enumType(OutputFormat.class)
              .defaultValue(OutputFormat.SINGLE_OBJECT),
          OutputFormat.class,
          "Format of the results. single-object: Avro single-object encoding with the schema"
              + " fingerprint. plain: Avro without a header. confluent: a registry's schema id in 4"
              + " bytes. apicurio: a registry's global id in 8 bytes. confluent and apicurio need"
              + " --registry.",
          "Set it if consumers use the deserializers of a schema registry.");

  public static final ConfigOption<String> REGISTRY =
      FORMAT_GROUP.add(
          key("registry").stringType().defaultValue(""),
          "URL",
          ValidValues.textOrEmpty(
              "an http or https URL such as http://registry:8081; empty: no registry",
              value -> !new RegistrySettings(value, "").url().isEmpty()),
          "URL of the schema registry: the Confluent API (http://registry:8081) or the Apicurio API"
              + " (http://registry:8080/apis/registry/v3). User and password:"
              + " basic.auth.user.info in the file of --kafka-properties.",
          "Set it if frames or results use the formats confluent or apicurio.");

  public static final ConfigOption<Delivery> DELIVERY =
      DELIVERY_GROUP.add(
          key("delivery").enumType(Delivery.class).defaultValue(Delivery.EXACTLY_ONCE),
          Delivery.class,
          "Delivery guarantee of the results. exactly-once: read_committed consumers see each result"
              + " once, after the next checkpoint. at-least-once: consumers see a result at once, and"
              + " may see it again after a failure; de-duplicate on frameId.",
          "Set at-least-once if results must be visible before the next checkpoint.");

  public static final ConfigOption<String> TRANSACTIONAL_ID_PREFIX =
      DELIVERY_GROUP.add(
          key("transactional-id-prefix").stringType().defaultValue("framelabel"),
          "PREFIX",
          ValidValues.text("a name that no other job on the Kafka cluster uses"),
          "Prefix of the transactional ids of the job; unique on the Kafka cluster. Two jobs with one"
              + " prefix abort each other's transactions.",
          "Set it for a second job or a backfill on the same Kafka cluster.");

  public static final ConfigOption<Duration> TRANSACTION_TIMEOUT =
      DELIVERY_GROUP.add(
          key("transaction-timeout").durationType().defaultValue(Duration.ofMinutes(15)),
          "DURATION",
          ValidValues.longerThanZero(),
          "Time after which the broker aborts an open transaction. An outage between a checkpoint and"
              + " its commit must be shorter. At most transaction.max.timeout.ms of the brokers.",
          "Raise it to survive longer outages; raise transaction.max.timeout.ms of the brokers first.");

  public static final ConfigOption<LostCommit> ON_LOST_COMMIT =
      DELIVERY_GROUP.add(
          key("on-lost-commit").enumType(LostCommit.class).defaultValue(LostCommit.REPAIR),
          LostCommit.class,
          "Reaction when the broker has aborted a transaction after its checkpoint was complete."
              + " repair: write the results again; end the job without a restart if they are gone from"
              + " the topic. fail: end the job without a restart. continue: count and log the loss.",
          "Set fail if an operator must decide in each case. Set continue to start again after a loss"
              + " that repair cannot undo.");

  private static final String ISOLATION = "isolation.level";
  private static final String COMMITTED = "read_committed";
  private static final String REGISTRY_USER = "basic.auth.user.info";

  public KafkaOptions {
    configuration = new Configuration(configuration);
    OptionGroup.check(GROUPS, configuration);
    Optional<FrameOffsets> ignored = frameOffsets(configuration);
    checkRegistry(configuration);
  }

  private static void checkRegistry(Configuration configuration) {
    OutputFormat format = configuration.get(OUTPUT_FORMAT);
    String url = configuration.get(REGISTRY);
    if (url.isEmpty() && format.registered()) {
      throw new IllegalArgumentException(
          "--output-format is %s, which needs --registry; expected the URL of a schema registry"
              .formatted(format));
    }
    if (format == OutputFormat.APICURIO && !new RegistrySettings(url, "").apicurio()) {
      throw new IllegalArgumentException(
          "--registry is '"
              + Addresses.mask(url)
              + "'; expected a URL that ends with /apis/registry/v3, as --output-format apicurio needs"
              + " global ids, which only the Apicurio API returns");
    }
  }

  /** Returns the schema registry, where the user named one. */
  public Optional<RegistrySettings> registry() {
    String url = get(REGISTRY);
    return url.isEmpty()
        ? Optional.empty()
        : Optional.of(new RegistrySettings(url, allProperties().getProperty(REGISTRY_USER, "")));
  }

  /** Returns what is wrong with the isolation level of the user's file, if anything. */
  public Optional<String> isolationFault() {
    String level = clientProperties().getProperty(ISOLATION, COMMITTED).strip();
    return level.equals(COMMITTED)
        ? Optional.empty()
        : Optional.of(
            "--kafka-properties sets %s=%s; expected %s: the job reads no frame of an aborted transaction"
                .formatted(ISOLATION, level, COMMITTED));
  }

  /** Returns the frames to be labelled, where the user named them by their offsets. */
  public Optional<FrameOffsets> frameOffsets() {
    return frameOffsets(configuration);
  }

  private static Optional<FrameOffsets> frameOffsets(Configuration configuration) {
    String text = configuration.get(FRAME_OFFSETS);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    if (!configuration.get(FROM_TIMESTAMP).isEmpty()) {
      throw new IllegalArgumentException(
          "--frame-offsets and --from-timestamp are both given; expected one of them");
    }
    FrameOffsets offsets;
    try {
      offsets = FrameOffsets.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("--frame-offsets is '" + text + "': " + e.getMessage(), e);
    }
    String topic = configuration.get(FRAMES_TOPIC);
    for (FrameOffsets.Range range : offsets.ranges()) {
      if (!range.topic().equals(topic)) {
        throw new IllegalArgumentException(
            "--frame-offsets names topic %s; expected %s, the topic of --frames-topic"
                .formatted(range.topic(), topic));
      }
    }
    return Optional.of(offsets);
  }

  public <T> T get(ConfigOption<T> option) {
    return configuration.get(option);
  }

  /** Returns the time to start reading at, where the user gave one. */
  public Optional<Instant> startTime() {
    String text = get(FROM_TIMESTAMP);
    return text.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(text));
  }

  /** Returns the properties that a Kafka client needs to reach the brokers. */
  public Map<String, String> client() {
    Map<String, String> client = new HashMap<>();
    Properties properties = clientProperties();
    properties
        .stringPropertyNames()
        .forEach(name -> client.put(name, properties.getProperty(name)));
    client.put("bootstrap.servers", get(BOOTSTRAP_SERVERS));
    return client;
  }

  /** Returns the properties of Kafka clients from the user's file; empty without one. */
  public Properties clientProperties() {
    Properties properties = allProperties();
    properties.remove(REGISTRY_USER);
    return properties;
  }

  private Properties allProperties() {
    Properties properties = new Properties();
    String file = get(KAFKA_PROPERTIES);
    if (!file.isEmpty()) {
      try {
        properties.load(new StringReader(TextFile.read(Path.of(file))));
      } catch (IOException e) {
        throw new IllegalArgumentException(
            "--kafka-properties " + file + " cannot be read: " + e, e);
      }
    }
    return properties;
  }
}
