package dev.framelabel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.framelabel.config.JobOptions;
import dev.framelabel.config.KafkaOptions;
import dev.framelabel.event.Bytes;
import dev.framelabel.event.Frame;
import dev.framelabel.event.Image;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.RejectionKind;
import dev.framelabel.event.SourcePosition;
import dev.framelabel.event.TestEvents;
import dev.framelabel.image.TestImages;
import dev.framelabel.kafka.admin.Finding;
import dev.framelabel.kafka.admin.Preflight;
import dev.framelabel.kafka.admin.StartRefusedException;
import dev.framelabel.kafka.admin.Topics;
import dev.framelabel.model.TestModels;
import dev.framelabel.testing.CapturedLog;
import dev.framelabel.testing.DeliveryVerifier;
import dev.framelabel.testing.cluster.Await;
import dev.framelabel.testing.cluster.ChildCommand;
import dev.framelabel.tools.clients.FramePublisher;
import dev.framelabel.tools.clients.OutcomeReader;
import dev.framelabel.tools.demo.ClusterControl;
import dev.framelabel.tools.demo.LocalCluster;
import dev.framelabel.tools.demo.SecuredBroker;
import dev.framelabel.wire.OutputFormat;
import dev.framelabel.wire.RejectedFrames;
import java.awt.Color;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.util.ExceptionUtils;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The job and the commands against a broker with TLS, SCRAM-SHA-512 and ACLs. */
@Timeout(240)
class SecurityIT {
  private static final String USER = "labeller";
  private static final String PASSWORD = "secret-" + UUID.randomUUID();
  private static final int MAX_RECORD_BYTES = 1 << 20;

  /** What docs/guides/security.md lists: nothing may be missing there, nothing is too much. */
  private static final List<AclBinding> LEAST =
      List.of(
          literal(ResourceType.TOPIC, "frames", AclOperation.READ),
          literal(ResourceType.GROUP, "framelabel", AclOperation.READ),
          literal(ResourceType.TOPIC, "labels", AclOperation.WRITE),
          literal(ResourceType.TOPIC, "labels", AclOperation.READ),
          literal(ResourceType.TOPIC, "rejected", AclOperation.WRITE),
          literal(ResourceType.TOPIC, "rejected", AclOperation.READ),
          SecuredBroker.acl(
              USER,
              ResourceType.TRANSACTIONAL_ID,
              PatternType.PREFIXED,
              "framelabel.",
              AclOperation.WRITE));

  /** As Linux writes 127.0.0.1, the same in IPv6, and ::1. */
  private static final Set<String> LOOPBACK =
      Set.of("0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000");

  /** A log of its own for each process. */
  private static final String PROCESS_LOGGING =
      """
      appender.file.type = File
      appender.file.name = file
      appender.file.fileName = ${sys:framelabel.log}
      appender.file.layout.type = PatternLayout
      rootLogger.level = INFO
      rootLogger.appenderRef.file.ref = file
      """;

  @TempDir private static Path folder;
  private static final List<Path> PROCESS_LOGS = new ArrayList<>();
  private static CapturedLog log;
  private static SecuredBroker broker;
  private static LocalCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    log = CapturedLog.ofAll();
    broker = SecuredBroker.start(folder.resolve("kafka"));
    broker.addUser(USER, PASSWORD);
    cluster = LocalCluster.start(1, 1, folder.resolve("cluster"));
    List<String> ignored =
        Topics.create(
            broker.administrator(),
            List.of("frames", "labels", "rejected"),
            1,
            (short) 1,
            MAX_RECORD_BYTES);
  }

  @AfterAll
  static void stop() throws Exception {
    cluster.close();
    broker.close();
    log.close();
    assertShowsSettingsButNoSecret("this process", String.join("", log.events()));
    assertThat(PROCESS_LOGS).isNotEmpty();
    for (Path file : PROCESS_LOGS) {
      assertShowsSettingsButNoSecret(file.toString(), Files.readString(file));
    }
  }

  private static void assertShowsSettingsButNoSecret(String whose, String text) {
    assertThat(text)
        .as("log of %s", whose)
        .contains("sasl.jaas.config = [hidden]")
        .doesNotContain(PASSWORD);
  }

  @BeforeEach
  void allow() throws Exception {
    broker.allowOnly(LEAST);
  }

  private static AclBinding literal(ResourceType type, String name, AclOperation operation) {
    return SecuredBroker.acl(USER, type, PatternType.LITERAL, name, operation);
  }

  @Test
  void leastAcls_job_labelsEachFrameOnceAndShowsNoSecret() throws Exception {
    publish("exact", 300);
    Configuration options = options(broker.clientFile("inline.properties", USER, PASSWORD));
    preflight(options);
    LocalCluster.Job job = submit(options);
    assertLabelledOnce("exact", 300, job);
    assertNoSecretInFlinksPages();
    job.cancel();
  }

  /** The least ACLs but for one, which must be among them. */
  private static List<AclBinding> leastWithout(
      ResourceType type, String name, AclOperation operation) {
    List<AclBinding> others = new ArrayList<>(LEAST);
    others.removeIf(
        acl ->
            acl.pattern().resourceType() == type
                && acl.pattern().name().equals(name)
                && acl.entry().operation() == operation);
    assertThat(others).as("%s on %s %s", operation, type, name).hasSize(LEAST.size() - 1);
    return others;
  }

  @ParameterizedTest
  @CsvSource({
    "TOPIC,frames,READ,Failed to get metadata for topics [frames]",
    "GROUP,framelabel,READ,Not authorized to access group: framelabel",
    "TOPIC,labels,WRITE,Not authorized to access topics: [labels]",
    "TOPIC,rejected,WRITE,Not authorized to access topics: [rejected]",
    "TRANSACTIONAL_ID,framelabel.,WRITE,"
        + "the ACL that is missing is WRITE on transactional ids that begin with"
  })
  void anyOfTheLeastAclsMissing_job_failsAndNamesWhat(
      ResourceType type, String resource, AclOperation operation, String message) throws Exception {
    broker.allowOnly(leastWithout(type, resource, operation));
    publish("acl-" + type + "-" + resource, 1);
    Files.writeString(folder.resolve("password.properties"), "kafka=" + PASSWORD);
    LocalCluster.Job job =
        submit(
            options(
                broker.clientFile(
                    "by-file.properties",
                    USER,
                    "${file:" + folder.resolve("password.properties") + ":kafka}")));
    Throwable failure = catchThrowable(() -> ClusterControl.awaitEnd(job));
    String story = ExceptionUtils.stringifyException(failure);
    assertThat(story).contains(message).containsIgnoringCase("authoriz").doesNotContain(PASSWORD);
  }

  @ParameterizedTest
  @CsvSource({
    "TOPIC,frames,READ,Not authorized to access topics: .frames.",
    "TOPIC,labels,WRITE,Not authorized to access topics: .labels.",
    "TRANSACTIONAL_ID,framelabel.,WRITE,the ACL that is missing is WRITE on transactional ids"
        + "|transactionalId='framelabel\\.(labels|rejected)"
  })
  void rightTakenAwayWhileTheJobRuns_failsAndNamesWhat(
      ResourceType type, String resource, AclOperation operation, String words) throws Exception {
    String frames = type + "-" + resource;
    LocalCluster.Job job = submit(options(broker.clientFile("taken.properties", USER, PASSWORD)));
    publish("held-" + frames, 1);
    assertLabelledOnce("held-" + frames, 1, job);
    broker.allowOnly(leastWithout(type, resource, operation));
    publish("taken-" + frames, 1);
    String story =
        ExceptionUtils.stringifyException(catchThrowable(() -> ClusterControl.awaitEnd(job)));
    assertThat(story)
        .containsPattern(words)
        .containsIgnoringCase("authoriz")
        .doesNotContain(PASSWORD);
  }

  @ParameterizedTest
  @CsvSource({
    "TOPIC,frames,READ,topic frames,[READ]",
    "GROUP,framelabel,READ,consumer group framelabel,[READ]",
    "TOPIC,labels,WRITE,topic labels,'[READ, WRITE]'",
    "TOPIC,labels,READ,topic labels,'[READ, WRITE]'",
    "TOPIC,rejected,WRITE,topic rejected,'[READ, WRITE]'",
    "TOPIC,rejected,READ,topic rejected,'[READ, WRITE]'",
    "TRANSACTIONAL_ID,framelabel.,WRITE,transactional ids that begin with framelabel.,WRITE"
  })
  void anyOfTheLeastAclsMissing_preflight_refusesAndNamesWhat(
      ResourceType type, String resource, AclOperation operation, String what, String needed)
      throws Exception {
    broker.allowOnly(leastWithout(type, resource, operation));
    Configuration options = options(broker.clientFile("checks.properties", USER, PASSWORD));
    assertThatThrownBy(() -> preflight(options))
        .isInstanceOf(StartRefusedException.class)
        .hasMessageContainingAll(what, needed, "this user lacks permissions")
        .hasMessageNotContaining(PASSWORD);
  }

  @Test
  void rightsMissing_preflight_neverSaysThatKafkaDoesNotAnswer() throws Exception {
    List<List<AclBinding>> rights = new ArrayList<>(List.of(LEAST, List.of()));
    LEAST.forEach(acl -> rights.add(LEAST.stream().filter(other -> !other.equals(acl)).toList()));
    LEAST.forEach(acl -> rights.add(List.of(acl)));
    Configuration options = options(broker.clientFile("rights.properties", USER, PASSWORD));
    for (List<AclBinding> some : rights) {
      broker.allowOnly(some);
      List<Finding> findings =
          new Preflight(new KafkaOptions(options), Duration.ofSeconds(1), Duration.ofSeconds(20))
              .findings();
      assertThat(findings)
          .as("%s", some)
          .noneMatch(finding -> finding.found().contains("no answer"))
          .anyMatch(finding -> finding.toString().matches(".*(DESCRIBE_CONFIGS|lacks).*"));
    }
  }

  private static void preflight(Configuration options) {
    Preflight.requireReady(new KafkaOptions(options), options.get(JobOptions.CHECKPOINT_INTERVAL));
  }

  @Test
  void wrongPassword_job_failsInWordsWithoutThePassword() throws Exception {
    String wrong = "wrong-" + PASSWORD;
    LocalCluster.Job job = submit(options(broker.clientFile("wrong.properties", USER, wrong)));
    String story =
        ExceptionUtils.stringifyException(catchThrowable(() -> ClusterControl.awaitEnd(job)));
    assertThat(story).contains("invalid credentials").doesNotContain(PASSWORD);
  }

  @Test
  void commands_passwordFromTheEnvironment_workAndShowNoSecret() throws Exception {
    Path file =
        broker.clientFile("by-environment.properties", USER, "${env:FRAMELABEL_KAFKA_PASSWORD}");
    String listed = run(0, PASSWORD, "rejected", "list", "--kafka-properties", file.toString());
    assertThat(listed).contains(" rejected").doesNotContain(PASSWORD);
    String refused =
        run(1, "wrong-" + PASSWORD, "rejected", "list", "--kafka-properties", file.toString());
    assertThat(refused).contains("invalid credentials").doesNotContain(PASSWORD);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void localBrokerAndCluster_listenOnLoopbackOnly() throws Exception {
    Set<String> ours = new HashSet<>();
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      for (Path descriptor : descriptors.toList()) {
        try {
          ours.add(Files.readSymbolicLink(descriptor).toString());
        } catch (NoSuchFileException e) {
          // Closed meanwhile.
        }
      }
    }
    List<String> listening = new ArrayList<>();
    for (String table : List.of("/proc/self/net/tcp", "/proc/self/net/tcp6")) {
      for (String line : Files.readAllLines(Path.of(table))) {
        List<String> fields = List.of(line.strip().split(" +", -1));
        if (fields.get(3).equals("0A") && ours.contains("socket:[" + fields.get(9) + "]")) {
          String address = fields.get(1);
          listening.add(address.substring(0, address.indexOf(':')));
        }
      }
    }
    assertThat(listening).isNotEmpty().allMatch(LOOPBACK::contains);
  }

  @ParameterizedTest
  @CsvSource({"wall", "camera", "job run", "rejected list", "transactions list", "doctor"})
  void help_passwordsInTheEnvironment_showsNone(String command) throws Exception {
    String[] words = (command + " --help").split(" ", -1);
    assertThat(run(0, PASSWORD, words)).contains("Usage: framelabel").doesNotContain(PASSWORD);
  }

  @Test
  void wall_rightAndWrongPassword_noPageShowsIt() throws Exception {
    List<AclBinding> acls = new ArrayList<>(LEAST);
    acls.add(literal(ResourceType.TOPIC, "cameras", AclOperation.READ));
    broker.allowOnly(acls);
    publish("wall", 1);
    for (String password : List.of(PASSWORD, "wrong-" + PASSWORD)) {
      Path file = broker.clientFile("wall.properties", USER, "${env:FRAMELABEL_KAFKA_PASSWORD}");
      Path out = folder.resolve("wall.txt");
      Process wall =
          start(out, password, "wall", "--port", "0", "--kafka-properties", file.toString());
      try {
        Await.until(
            "the wall runs or has ended",
            Duration.ofSeconds(90),
            () -> Files.readString(out).contains("Wall: http://127.0.0.1:") || !wall.isAlive());
        assertThat(wall.isAlive()).as(Files.readString(out)).isTrue();
        String address =
            Files.readString(out).replaceAll("(?s).*Wall: (http://127.0.0.1:\\d+).*", "$1");
        Await.until(
            "the wall reads, or says that it cannot",
            Duration.ofSeconds(60),
            () -> status(address + "/healthz") == (password.equals(PASSWORD) ? 200 : 503));
        assertNoSecretInPages(
            address, "", List.of("/", "/api/cameras", "/api/summary", "/metrics", "/healthz"));
      } finally {
        wall.destroyForcibly();
        boolean ignored = wall.waitFor(60, TimeUnit.SECONDS);
      }
      assertThat(Files.readString(out)).doesNotContain(PASSWORD);
    }
  }

  @Test
  void rejectedReplay_withAndWithoutItsAcls() throws Exception {
    RejectedFrame rejected =
        RejectedFrame.ofRecord(
            RejectionKind.UNREADABLE_EVENT,
            "a test",
            new SourcePosition("frames", 0, 1_000_000),
            // A single object of a schema that is not known: it is sent as it was.
            Bytes.wrap(new byte[] {(byte) 0xC3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 7}),
            Map.of());
    long offset;
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.<String, Object>copyOf(broker.administrator()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      byte[] value = new RejectedFrames(1 << 10).write(rejected, OutputFormat.SINGLE_OBJECT);
      offset = producer.send(new ProducerRecord<>("rejected", value)).get().offset();
    }
    Path file = broker.clientFile("replay.properties", USER, PASSWORD);
    String[] command = {
      "rejected", "replay", "--at", "0@" + offset, "--kafka-properties", file.toString()
    };
    List<AclBinding> acls =
        List.of(
            literal(ResourceType.TOPIC, "rejected", AclOperation.READ),
            literal(ResourceType.TOPIC, "frames", AclOperation.READ),
            literal(ResourceType.TOPIC, "frames", AclOperation.WRITE));
    broker.allowOnly(acls.subList(0, 2));
    assertThat(run(1, PASSWORD, command)).contains("topic frames does not take the frame");
    broker.allowOnly(acls);
    assertThat(run(0, PASSWORD, command)).contains("1 replayed, 0 refused");
  }

  private static String run(int status, String password, String... arguments) throws Exception {
    Path out = folder.resolve("out.txt");
    Process process = start(out, password, arguments);
    try {
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    String said = Files.readString(out);
    assertThat(process.exitValue()).as(said).isEqualTo(status);
    return said;
  }

  private static Process start(Path out, String password, String... arguments) throws Exception {
    // In a file: a class path is longer than some libraries bear on a command line.
    Path classPath =
        Files.writeString(
            folder.resolve("class-path"), "-cp \"" + System.getProperty("java.class.path") + "\"");
    Path logging = Files.writeString(folder.resolve("log4j2.properties"), PROCESS_LOGGING);
    Path processLog = Files.createTempFile(folder, arguments[0], ".log");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dlog4j2.configurationFile=" + logging,
                "-Dframelabel.log=" + processLog,
                "@" + classPath,
                "dev.framelabel.tools.cli.FramelabelCommand"));
    command.addAll(List.of(arguments));
    command.addAll(List.of("--bootstrap-servers", broker.bootstrapServers()));
    ProcessBuilder builder = new ProcessBuilder(ChildCommand.endingWithParent(command));
    builder.environment().put("FRAMELABEL_KAFKA_PASSWORD", password);
    // A wall with a token would show its pages to nobody who has none.
    boolean help = List.of(arguments).contains("--help");
    if (!help) {
      PROCESS_LOGS.add(processLog);
    }
    builder.environment().put("FRAMELABEL_WALL_TOKEN", help ? password : "");
    return builder.redirectErrorStream(true).redirectOutput(out.toFile()).start();
  }

  private static void assertNoSecretInFlinksPages() throws Exception {
    String jobs = get(ClusterControl.webAddress(cluster) + "/jobs/overview");
    String id = jobs.replaceAll("(?s).*\"jid\":\"([0-9a-f]{32})\".*", "$1");
    assertNoSecretInPages(
        ClusterControl.webAddress(cluster).toString(),
        "{",
        List.of(
            "/config",
            "/jobmanager/config",
            "/jobmanager/environment",
            "/jobs/" + id,
            "/jobs/" + id + "/config",
            "/jobs/" + id + "/plan",
            "/jobs/" + id + "/exceptions",
            "/jobs/" + id + "/checkpoints",
            "/jobs/" + id + "/checkpoints/config"));
  }

  /**
   * @param words that every page has
   */
  private static void assertNoSecretInPages(String address, String words, List<String> pages)
      throws Exception {
    for (String page : pages) {
      assertThat(get(address + page)).as(page).contains(words).doesNotContain(PASSWORD);
    }
  }

  private static int status(String page) throws Exception {
    return reply(page).statusCode();
  }

  private static String get(String page) throws Exception {
    HttpResponse<String> reply = reply(page);
    if (!page.endsWith("/healthz")) {
      assertThat(reply.statusCode()).as(page).isEqualTo(200);
    }
    return reply.body();
  }

  private static HttpResponse<String> reply(String page) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(page)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static Configuration options(Path kafkaProperties) {
    Configuration options = new Configuration();
    options.set(KafkaOptions.BOOTSTRAP_SERVERS, broker.bootstrapServers());
    options.set(KafkaOptions.KAFKA_PROPERTIES, kafkaProperties.toString());
    options.set(JobOptions.MODEL, TestModels.colour().toString());
    options.set(JobOptions.DEVICE, "cpu");
    options.set(JobOptions.CHECKPOINT_INTERVAL, Duration.ofMillis(300));
    return options;
  }

  private static LocalCluster.Job submit(Configuration options) throws Exception {
    Configuration flink = new Configuration();
    flink.setString("restart-strategy.type", "none");
    return cluster.submit(
        1, Optional.empty(), environment -> LabellingJob.addTo(environment, options, flink));
  }

  /** So many good frames, and one that is none. */
  private static void publish(String prefix, int count) {
    try (FramePublisher publisher =
        new FramePublisher(broker.administrator(), "frames", MAX_RECORD_BYTES)) {
      for (int i = 0; i < count; i++) {
        publisher.publish(frame(prefix + "-" + i, TestImages.jpeg(64, 48, Color.RED))).join();
      }
      publisher.publish(frame(prefix + "-bad", "no image".getBytes(UTF_8))).join();
    }
  }

  private static Frame frame(String id, byte[] image) {
    return new Frame(
        "cam",
        id,
        Instant.now().truncatedTo(ChronoUnit.MICROS),
        Image.encoded(image),
        Map.of(),
        TestEvents.SOURCE);
  }

  /** Reads one result of each frame of {@link #publish}, among those of other tests. */
  private static void assertLabelledOnce(String prefix, int count, LocalCluster.Job job)
      throws Exception {
    DeliveryVerifier verifier =
        new DeliveryVerifier(
                Stream.concat(
                        IntStream.range(0, count).mapToObj(Integer::toString), Stream.of("bad"))
                    .map(id -> prefix + "-" + id)
                    .toList(),
                0)
            .ignoring(outcome -> !outcome.frameId().startsWith(prefix + "-"));
    try (OutcomeReader reader =
        new OutcomeReader(
            broker.administrator(), "labels", "rejected", IsolationLevel.READ_COMMITTED)) {
      assertThat(verifier.readAll(reader, job)).isEqualTo(DeliveryVerifier.Faults.NONE);
    }
  }
}
