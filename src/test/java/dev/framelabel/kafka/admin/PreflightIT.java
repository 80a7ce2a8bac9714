package dev.framelabel.kafka.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.framelabel.config.Delivery;
import dev.framelabel.config.KafkaOptions;
import dev.framelabel.testing.cluster.Await;
import dev.framelabel.tools.clients.FramePublisher;
import dev.framelabel.tools.demo.BrokerFiles;
import dev.framelabel.tools.demo.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real broker, with one listener for anyone and one for a user with few permissions. */
@Timeout(120)
class PreflightIT {
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  @TempDir private static Path folder;
  private static EmbeddedBroker broker;
  private static Map<String, String> client;
  private static String securedServers;

  @BeforeAll
  static void startBroker() {
    int open = BrokerFiles.freePort();
    int secured = BrokerFiles.freePort();
    int controller = BrokerFiles.freePort();
    securedServers = "127.0.0.1:" + secured;
    client = Map.of("bootstrap.servers", "127.0.0.1:" + open);
    broker = EmbeddedBroker.start(folder.resolve("broker"), settings(open, secured, controller));
    List<String> ignored =
        Topics.create(client, List.of("frames", "labels", "rejected"), 1, (short) 1, 1 << 20);
  }

  private static Map<String, String> settings(int open, int secured, int controller) {
    Map<String, String> settings = new HashMap<>();
    settings.put("controller.quorum.voters", "1@127.0.0.1:" + controller);
    settings.put(
        "listeners",
        "PLAINTEXT://127.0.0.1:"
            + open
            + ",SECURED://127.0.0.1:"
            + secured
            + ",CONTROLLER://127.0.0.1:"
            + controller);
    settings.put(
        "listener.security.protocol.map",
        "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURED:SASL_PLAINTEXT");
    settings.put("inter.broker.listener.name", "PLAINTEXT");
    settings.put("sasl.enabled.mechanisms", "PLAIN");
    settings.put(
        "listener.name.secured.plain.sasl.jaas.config",
        "org.apache.kafka.common.security.plain.PlainLoginModule required user_job=\"word\";");
    settings.put(
        "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
    settings.put("super.users", "User:ANONYMOUS");
    settings.put("transaction.max.timeout.ms", "900000");
    return settings;
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @Test
  void run_everythingThere_passes() {
    assertThatCode(() -> Preflight.requireReady(new KafkaOptions(options()), INTERVAL))
        .doesNotThrowAnyException();
  }

  @Test
  void run_topicsMissing_namesEachWithItsOptionAndCure() {
    Configuration options = options();
    options.set(KafkaOptions.FRAMES_TOPIC, "no-frames");
    options.set(KafkaOptions.LABELS_TOPIC, "no-labels");
    options.set(KafkaOptions.REJECTED_TOPIC, "no-rejected");
    assertRefused(
        options,
        "topic no-frames: the topic does not exist (--frames-topic). Create it with 'framelabel topics create'",
        "topic no-labels: the topic does not exist (--labels-topic)",
        "topic no-rejected: the topic does not exist (--rejected-topic)");
  }

  @Test
  void run_timeoutLongerThanTheBrokersMaximum_saysBothAndTheCure() {
    Configuration options = options();
    options.set(KafkaOptions.TRANSACTION_TIMEOUT, Duration.ofHours(4));
    assertRefused(
        options,
        "transaction timeout: --transaction-timeout is 14400000 ms; the brokers allow 900000 ms"
            + " (transaction.max.timeout.ms). Give --transaction-timeout '900000 ms'");
    options.set(KafkaOptions.DELIVERY, Delivery.AT_LEAST_ONCE);
    assertThatCode(() -> Preflight.requireReady(new KafkaOptions(options), INTERVAL))
        .as("at-least-once has no transactions")
        .doesNotThrowAnyException();
  }

  @Test
  void run_recordsLargerThanTheTopicTakes_isRefused() {
    Configuration options = options();
    options.set(KafkaOptions.MAX_RECORD_SIZE, new MemorySize(2 << 20));
    assertRefused(
        options, "topic rejected: max.message.bytes=1048576, but --max-record-size is 2097152");
  }

  /** All fields of a result may be at their limits, and nothing but a restart loop would say so. */
  @Test
  void run_limitBelowTheSmallestRecord_isRefusedWithoutAskingTheBrokers() {
    Configuration options = options();
    options.set(KafkaOptions.MAX_RECORD_SIZE, new MemorySize(65_535));
    options.set(KafkaOptions.SKIP_START_CHECKS, true);
    assertRefused(options, "record size: --max-record-size is 65535 bytes; expected 65536 or more");
    options.set(KafkaOptions.MAX_RECORD_SIZE, new MemorySize(65_536));
    assertThatCode(() -> Preflight.requireReady(new KafkaOptions(options), INTERVAL))
        .doesNotThrowAnyException();
  }

  @Test
  void run_topicBelowTheSmallestRecord_isToldToRaiseIt() {
    List<String> ignored = Topics.create(client, List.of("small"), 1, (short) 1, 50_000);
    Configuration options = options();
    options.set(KafkaOptions.REJECTED_TOPIC, "small");
    assertRefused(
        options, "topic small: max.message.bytes=50000, but --max-record-size is 1000000");
    assertRefused(options, "at least 65536 are needed");
  }

  @Test
  void run_samePrefixOfALiveJob_isRefused_leftoversOfADeadOneAreNot() throws Exception {
    Configuration options = options();
    options.set(KafkaOptions.TRANSACTIONAL_ID_PREFIX, "busy");
    AtomicBoolean stopped = new AtomicBoolean();
    Thread other = new Thread(() -> checkpointEvery400Millis("busy.labels.-0-", stopped));
    try (KafkaProducer<byte[], byte[]> left = begin("left.labels.-0-7")) {
      other.start();
      awaitOpen("busy.");
      assertRefused(
          options,
          "another running job uses --transactional-id-prefix busy: it has just begun transaction"
              + " busy.labels.-0-",
          "Give each job a --transactional-id-prefix of its own");
      options.set(KafkaOptions.TRANSACTIONAL_ID_PREFIX, "left");
      assertThatCode(() -> Preflight.requireReady(new KafkaOptions(options), INTERVAL))
          .doesNotThrowAnyException();
      left.abortTransaction();
    } finally {
      stopped.set(true);
      other.join();
    }
  }

  /** The ids {@code a.labels.-…} and {@code a-canary.labels.-…} have nothing in common. */
  @Test
  void run_prefixThatBeginsALiveJobsPrefix_passesAtOnceAndHarmsNobody() throws Exception {
    Configuration options = options();
    options.set(KafkaOptions.TRANSACTIONAL_ID_PREFIX, "a");
    try (KafkaProducer<byte[], byte[]> canary = begin("a-canary.labels.-0-1")) {
      Preflight.requireReady(new KafkaOptions(options), Duration.ofMinutes(1));
      assertThat(OpenTransactions.list(client, "a-canary")).hasSize(1);
      canary.commitTransaction();
    }
  }

  @Test
  void run_userWithoutPermissions_namesWhatIsNeeded_andPassesOnceGiven() throws Exception {
    Configuration options = options();
    options.set(KafkaOptions.BOOTSTRAP_SERVERS, securedServers);
    options.set(KafkaOptions.KAFKA_PROPERTIES, credentials().toString());
    assertRefused(
        options,
        "topic frames: this user lacks permissions (--frames-topic); the job needs [READ]",
        "topic labels: this user lacks permissions (--labels-topic); the job needs [READ, WRITE]",
        "consumer group framelabel: this user lacks permissions (--group-id)",
        "this user lacks permissions for transactional ids that begin with framelabel.labels.");
    allow(ResourceType.TOPIC, "frames", AclOperation.READ);
    allow(ResourceType.TOPIC, "labels", AclOperation.READ, AclOperation.WRITE);
    allow(ResourceType.TOPIC, "rejected", AclOperation.WRITE);
    allow(ResourceType.GROUP, "framelabel", AclOperation.READ);
    allow(ResourceType.TRANSACTIONAL_ID, "framelabel", AclOperation.WRITE);
    assertRefused(options, "topic rejected: this user lacks permissions (--rejected-topic)");
    allow(ResourceType.TOPIC, "rejected", AclOperation.READ);
    awaitPassing(options);
  }

  @Test
  void findings_retentionRemovedUnreadFrames_countsThem() throws Exception {
    TopicPartition partition = new TopicPartition("short", 0);
    Configuration options = options();
    options.set(KafkaOptions.FRAMES_TOPIC, "short");
    options.set(KafkaOptions.GROUP_ID, "short");
    createTopics("short");
    try (Admin admin = Admin.create(Map.copyOf(client))) {
      assertThat(warnings(options)).isEmpty();
      try (FramePublisher publisher = new FramePublisher(client, "short", 1 << 20)) {
        for (int i = 0; i < 10; i++) {
          publisher.publish("camera", new byte[] {1}).join();
        }
      }
      admin
          .alterConsumerGroupOffsets("short", Map.of(partition, new OffsetAndMetadata(3)))
          .all()
          .get();
      assertThat(warnings(options)).isEmpty();
      admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(8))).all().get();
      assertThat(warnings(options))
          .singleElement()
          .asString()
          .startsWith("partition short-0: retention removed 5 offsets (offsets 3 to 7)");
    }
  }

  /** The publisher's transaction is named, with the command that ends it. */
  @Test
  void findings_openTransactionOnTheFramesTopic_namesPartitionAndCure() {
    Configuration options = options();
    options.set(KafkaOptions.FRAMES_TOPIC, "blocked");
    createTopics("blocked");
    try (KafkaProducer<byte[], byte[]> publisher = begin("publisher", "blocked")) {
      assertThat(warnings(options))
          .singleElement()
          .asString()
          .startsWith(
              "partition blocked-0: the job waits at last stable offset 0: transaction publisher"
                  + " (open since 2")
          .contains("framelabel transactions list", "framelabel transactions abort ID");
      assertThatCode(() -> Preflight.requireReady(new KafkaOptions(options), INTERVAL))
          .as("frames wait, but the job works")
          .doesNotThrowAnyException();
      publisher.abortTransaction();
    }
    Await.until("nothing waits", Duration.ofSeconds(30), () -> warnings(options).isEmpty());
  }

  @Test
  void findings_topicsOfOtherSettings_areWarnings() throws Exception {
    Configuration options = options();
    options.set(KafkaOptions.LABELS_TOPIC, "plain");
    options.set(KafkaOptions.FRAMES_TOPIC, "large");
    try (Admin admin = Admin.create(Map.copyOf(client))) {
      admin
          .createTopics(
              List.of(
                  new NewTopic("plain", 1, (short) 1),
                  new NewTopic("large", 1, (short) 1)
                      .configs(Map.of("max.message.bytes", Integer.toString(8 << 20)))))
          .all()
          .get();
    }
    assertThat(warnings(options))
        .extracting(Finding::toString)
        .satisfiesExactly(
            text ->
                assertThat(text)
                    .startsWith("topic large: max.message.bytes=8388608, but --max-record-size"),
            text ->
                assertThat(text)
                    .startsWith("topic plain: message.timestamp.type=CreateTime; expected")
                    .endsWith(
                        "--entity-name plain --add-config message.timestamp.type=LogAppendTime"));
  }

  @Test
  void findings_everythingThere_areOk() {
    assertThat(findings(options())).allMatch(one -> one.level() == Finding.Level.OK);
  }

  @Test
  void options_intervalNotBelowTheTransactionTimeout_isRefusedWithoutAskingTheBrokers() {
    Configuration options = options();
    options.set(KafkaOptions.SKIP_START_CHECKS, true);
    Duration timeout = options.get(KafkaOptions.TRANSACTION_TIMEOUT);
    assertThatThrownBy(() -> Preflight.requireReady(new KafkaOptions(options), timeout))
        .isInstanceOf(StartRefusedException.class)
        .hasMessageContainingAll(
            "checkpoint interval: --checkpoint-interval is 15 min, --transaction-timeout is 15 min;"
                + " expected a shorter interval",
            "Lower --checkpoint-interval, or raise --transaction-timeout");
    KafkaOptions exactlyOnce = new KafkaOptions(options);
    assertThatCode(() -> Preflight.requireFittingOptions(exactlyOnce, timeout.minusMillis(1)))
        .doesNotThrowAnyException();
    options.set(KafkaOptions.DELIVERY, Delivery.AT_LEAST_ONCE);
    assertThatCode(() -> Preflight.requireReady(new KafkaOptions(options), timeout))
        .as("at-least-once has no transactions")
        .doesNotThrowAnyException();
  }

  @Test
  void options_readUncommitted_isAFailedFinding() throws IOException {
    Configuration options = options();
    Path file = folder.resolve("uncommitted.properties");
    Files.writeString(file, "isolation.level=read_uncommitted\n");
    options.set(KafkaOptions.KAFKA_PROPERTIES, file.toString());
    assertRefused(options, "isolation level: --kafka-properties sets isolation.level=");
  }

  private static void createTopics(String... names) {
    List<String> ignored = Topics.create(client, List.of(names), 1, (short) 1, 1 << 20);
  }

  private static List<Finding> findings(Configuration options) {
    return new Preflight(new KafkaOptions(options), INTERVAL, Duration.ofSeconds(20)).findings();
  }

  private static List<Finding> warnings(Configuration options) {
    List<Finding> findings = findings(options);
    assertThat(findings).noneMatch(one -> one.level() == Finding.Level.FAILED);
    return findings.stream().filter(one -> one.level() == Finding.Level.WARNING).toList();
  }

  @Test
  void run_nobodyThere_saysWhereAndTheCure() {
    Configuration options = options();
    options.set(KafkaOptions.BOOTSTRAP_SERVERS, "127.0.0.1:" + BrokerFiles.freePort());
    assertRefused(options, "no answer from Kafka at 127.0.0.1:", "--skip-start-checks");
    options.set(KafkaOptions.SKIP_START_CHECKS, true);
    assertThatCode(() -> Preflight.requireReady(new KafkaOptions(options), INTERVAL))
        .doesNotThrowAnyException();
  }

  @Test
  void warnIfTooOld_checkpointOlderThanTheTimeout_warns() throws IOException {
    Path checkpoint = Files.createDirectories(folder.resolve("checkpoint"));
    Path ignored = Files.createFile(checkpoint.resolve("_metadata"));
    Configuration flink = new Configuration();
    KafkaOptions options = new KafkaOptions(options());
    assertThat(RestoredState.warnIfTooOld(options, flink, Instant.now())).isEmpty();
    flink.set(StateRecoveryOptions.SAVEPOINT_PATH, checkpoint.toUri().toString());
    assertThat(RestoredState.warnIfTooOld(options, flink, Instant.now())).isEmpty();
    assertThat(RestoredState.warnIfTooOld(options, flink, Instant.now().plusSeconds(3600)))
        .hasValueSatisfying(
            text -> assertThat(text).contains("--transaction-timeout 900 s", "--on-lost-commit"));
    flink.set(StateRecoveryOptions.SAVEPOINT_PATH, "file:/nowhere/at/all");
    assertThat(RestoredState.warnIfTooOld(options, flink, Instant.now())).isEmpty();
  }

  private static Configuration options() {
    Configuration options = new Configuration();
    options.set(KafkaOptions.BOOTSTRAP_SERVERS, client.get("bootstrap.servers"));
    return options;
  }

  private static void assertRefused(Configuration options, String... parts) {
    assertThatThrownBy(() -> Preflight.requireReady(new KafkaOptions(options), INTERVAL))
        .isInstanceOf(StartRefusedException.class)
        .message()
        .contains(parts);
  }

  /** Permissions take a moment to reach the broker. */
  private static void awaitPassing(Configuration options) throws InterruptedException {
    StartRefusedException last = null;
    for (int attempt = 0; attempt < 50; attempt++) {
      try {
        Preflight.requireReady(new KafkaOptions(options), INTERVAL);
        return;
      } catch (StartRefusedException e) {
        last = e;
        Thread.sleep(100);
      }
    }
    throw new AssertionError("still refused", last);
  }

  private static KafkaProducer<byte[], byte[]> begin(String id) {
    return begin(id, "labels");
  }

  private static KafkaProducer<byte[], byte[]> begin(String id, String topic) {
    Map<String, Object> properties = new HashMap<>(client);
    properties.put("transactional.id", id);
    KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    producer.initTransactions();
    producer.beginTransaction();
    var ignored = producer.send(new ProducerRecord<>(topic, new byte[] {1}));
    producer.flush();
    return producer;
  }

  private static void checkpointEvery400Millis(String prefix, AtomicBoolean stopped) {
    for (int checkpoint = 1; !stopped.get(); checkpoint++) {
      try (KafkaProducer<byte[], byte[]> producer = begin(prefix + checkpoint)) {
        Thread.sleep(400);
        producer.commitTransaction();
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private static void awaitOpen(String prefix) throws InterruptedException {
    for (int i = 0; i < 200 && OpenTransactions.list(client, prefix).isEmpty(); i++) {
      Thread.sleep(50);
    }
  }

  private static Path credentials() throws IOException {
    return Files.writeString(
        folder.resolve("job.properties"),
        "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\nsasl.jaas.config="
            + "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"job\""
            + " password=\"word\";\n");
  }

  private static void allow(ResourceType type, String name, AclOperation... operations)
      throws Exception {
    PatternType pattern =
        type == ResourceType.TRANSACTIONAL_ID ? PatternType.PREFIXED : PatternType.LITERAL;
    try (Admin admin = Admin.create(Map.copyOf(client))) {
      for (AclOperation operation : operations) {
        admin
            .createAcls(
                List.of(
                    new AclBinding(
                        new ResourcePattern(type, name, pattern),
                        new AccessControlEntry(
                            "User:job", "*", operation, AclPermissionType.ALLOW))))
            .all()
            .get();
      }
    }
  }
}
