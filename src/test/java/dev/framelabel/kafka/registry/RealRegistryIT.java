package dev.framelabel.kafka.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.framelabel.avro.LabelledFrame;
import dev.framelabel.local.BrokerFiles;
import dev.framelabel.local.cluster.Await;
import dev.framelabel.wire.SchemaId;
import dev.framelabel.wire.SchemaRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our calls against Apicurio's registry as a process: {@code mvn -Pregistry verify}. */
class RealRegistryIT {
  private static final Path REGISTRY = Path.of("target/registry/quarkus-run.jar").toAbsolutePath();
  private static final int JAVA = 21;
  private static final Duration LIMIT = Duration.ofMinutes(3);
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
                java.get().toString(),
                "-Xmx512m",
                "-Dquarkus.http.host=127.0.0.1",
                "-Dquarkus.http.port=" + port,
                "-Dquarkus.management.host=127.0.0.1",
                "-Dquarkus.management.port=" + BrokerFiles.freePort(),
                "-jar",
                REGISTRY.toString())
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
