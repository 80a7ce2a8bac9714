package dev.framelabel.wire.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.framelabel.LabellingJob;
import dev.framelabel.avro.LabelledFrame;
import dev.framelabel.config.JobOptions;
import dev.framelabel.config.KafkaOptions;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.image.TestImages;
import dev.framelabel.kafka.admin.Topics;
import dev.framelabel.model.TestModels;
import dev.framelabel.testing.cluster.Await;
import dev.framelabel.testing.cluster.ChildCommand;
import dev.framelabel.tools.clients.OutcomeReader;
import dev.framelabel.tools.demo.BrokerFiles;
import dev.framelabel.tools.demo.EmbeddedBroker;
import dev.framelabel.tools.demo.LocalCluster;
import dev.framelabel.wire.OutputFormat;
import dev.framelabel.wire.SchemaId;
import dev.framelabel.wire.SchemaRegistry;
import java.awt.Color;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.common.IsolationLevel;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our calls against Apicurio's registry as a process: {@code mvn -Pregistry verify}. */
class RealRegistryIT {
  private static final Path REGISTRY = Path.of("target/registry/quarkus-run.jar").toAbsolutePath();
  private static final int JAVA = 21;
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final String SCHEMA = LabelledFrame.getClassSchema().toString();

  @TempDir private static Path folder;
  private static Process process;
  private static String address;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(Files.exists(REGISTRY), "no registry was fetched: mvn -Pregistry verify");
    Optional<Path> java = newerJava();
    assumeTrue(java.isPresent(), "no Java " + JAVA + " or newer under /usr/lib/jvm");
    int port = BrokerFiles.freePort();
    address = "http://127.0.0.1:" + port;
    Path log = folder.resolve("registry.log");
    process =
        new ProcessBuilder(
                ChildCommand.endingWithParent(
                    java.get().toString(),
                    "-Xmx512m",
                    "-Dquarkus.http.host=127.0.0.1",
                    "-Dquarkus.http.port=" + port,
                    "-Dquarkus.management.host=127.0.0.1",
                    "-Dquarkus.management.port=" + BrokerFiles.freePort(),
                    "-jar",
                    REGISTRY.toString()))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    Await.until("the registry answers (" + log + ")", LIMIT, RealRegistryIT::answers);
  }

  @AfterAll
  static void end() {
    if (process != null) {
      process.destroyForcibly();
    }
  }

  @Test
  void apicuriosCalls_registerOnceAndGiveTheSchemaOfEachKindOfId() {
    SchemaRegistry registry = new RegistrySettings(address + "/apis/registry/v3", "").open();
    for (SchemaId.Kind kind : SchemaId.Kind.values()) {
      SchemaId id = registry.register("cam/labels-value", SCHEMA, kind);
      assertThat(registry.register("cam/labels-value", SCHEMA, kind)).isEqualTo(id);
      assertIsOurs(registry.schema(id));
      assertThat(registry.schema(new SchemaId(kind, 5_000))).isEmpty();
    }
  }

  @Test
  void confluentsCalls_registerOnceAndGiveTheSchema() {
    SchemaRegistry registry = new RegistrySettings(address + "/apis/ccompat/v7", "").open();
    SchemaId id = registry.register("other/labels-value", SCHEMA, SchemaId.Kind.CONTENT);
    assertThat(registry.register("other/labels-value", SCHEMA, SchemaId.Kind.CONTENT))
        .isEqualTo(id);
    assertIsOurs(registry.schema(id));
    assertThat(registry.schema(new SchemaId(SchemaId.Kind.CONTENT, 5_000))).isEmpty();
  }

  /** Frames of each kind that Apicurio's serializer writes; labels for both that it reads. */
  @Test
  void apicuriosSerdes_writeWhatTheJobReads_andReadWhatItWrites() throws Exception {
    assumeTrue(ApicurioClients.onClassPath(), "no serdes on the class path: mvn -Pregistry verify");
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"));
        LocalCluster cluster = LocalCluster.start(1, 1, folder.resolve("flink"))) {
      ApicurioClients service = new ApicurioClients(broker.client(), address + "/apis/registry/v3");
      createTopics(broker);
      for (ApicurioClients.Style style : ApicurioClients.Style.values()) {
        service.send(style, "frames", style.name(), TestImages.jpeg(64, 48, Color.RED));
      }
      Map<OutputFormat, ApicurioClients.Style> readers =
          Map.of(
              OutputFormat.CONFLUENT, ApicurioClients.Style.USUAL,
              OutputFormat.APICURIO, ApicurioClients.Style.LEGACY);
      for (OutputFormat wire : readers.keySet()) {
        LocalCluster.Job job = submit(cluster, options(broker, wire));
        assertThat(outcomes(broker, wire, 3)).noneMatch(RejectedFrame.class::isInstance);
        job.failIfEnded();
        List<GenericRecord> labels = service.labels(readers.get(wire), "labels-" + wire, 3, LIMIT);
        assertThat(labels)
            .extracting(label -> label.get("frameId").toString())
            .containsExactly("USUAL", "LEGACY", "HEADERS");
        assertThat(labels).allMatch(label -> best(label).equals("red"));
        job.cancel();
      }
    }
  }

  private static void createTopics(EmbeddedBroker broker) {
    Topics.create(
        broker.client(),
        List.of("frames", "labels-confluent", "labels-apicurio", "rejected"),
        1,
        (short) 1,
        1 << 20);
  }

  private static Configuration options(EmbeddedBroker broker, OutputFormat wire) {
    Configuration options = new Configuration();
    options.set(KafkaOptions.BOOTSTRAP_SERVERS, broker.bootstrapServers());
    options.set(KafkaOptions.LABELS_TOPIC, "labels-" + wire);
    options.set(KafkaOptions.GROUP_ID, wire.toString());
    options.set(KafkaOptions.TRANSACTIONAL_ID_PREFIX, wire.toString());
    options.set(KafkaOptions.REGISTRY, address + "/apis/registry/v3");
    options.set(KafkaOptions.OUTPUT_FORMAT, wire);
    options.set(JobOptions.MODEL, TestModels.colour().toString());
    options.set(JobOptions.DEVICE, "cpu");
    options.set(JobOptions.CHECKPOINT_INTERVAL, Duration.ofMillis(300));
    return options;
  }

  private static LocalCluster.Job submit(LocalCluster cluster, Configuration options)
      throws Exception {
    return cluster.submit(
        1,
        Optional.empty(),
        environment -> LabellingJob.addTo(environment, options, new Configuration()));
  }

  private static List<Outcome> outcomes(EmbeddedBroker broker, OutputFormat wire, int count)
      throws Exception {
    List<Outcome> outcomes = new ArrayList<>();
    try (OutcomeReader reader =
        new OutcomeReader(
            broker.client(), "labels-" + wire, "rejected", IsolationLevel.READ_COMMITTED)) {
      Await.until(
          count + " frames have their results",
          LIMIT,
          () -> outcomes.addAll(reader.poll(Duration.ofMillis(200))) && outcomes.size() >= count);
    }
    return outcomes;
  }

  private static String best(GenericRecord frame) {
    GenericRecord first = (GenericRecord) ((List<?>) frame.get("labels")).get(0);
    return first.get("label").toString();
  }

  /** A registry may write the schema anew. */
  private static void assertIsOurs(Optional<String> schema) {
    assertThat(schema.map(text -> new Schema.Parser().parse(text)))
        .contains(LabelledFrame.getClassSchema());
  }

  private static boolean answers() throws Exception {
    assertThat(process.isAlive()).isTrue();
    URI uri = URI.create(address + "/apis/registry/v3/system/info");
    return HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding())
            .statusCode()
        == 200;
  }

  private static Optional<Path> newerJava() throws IOException {
    Path all = Path.of("/usr/lib/jvm");
    if (!Files.isDirectory(all)) {
      return Optional.empty();
    }
    try (Stream<Path> homes = Files.list(all)) {
      return homes
          .filter(home -> version(home) >= JAVA)
          .map(home -> home.resolve("bin/java"))
          .filter(Files::isExecutable)
          .findFirst();
    }
  }

  /** The feature version that a Java names in its file {@code release}; 0 without one. */
  private static int version(Path home) {
    try (Stream<String> lines = Files.lines(home.resolve("release"))) {
      return lines
          .filter(line -> line.startsWith("JAVA_VERSION="))
          .map(line -> line.replaceAll("\\D*(\\d+).*", "$1"))
          .mapToInt(Integer::parseInt)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }
}
