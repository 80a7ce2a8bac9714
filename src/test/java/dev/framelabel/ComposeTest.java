package dev.framelabel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.framelabel.tools.demo.DemoFrames;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docker/compose.yaml is the whole product, as far as can be told without a container engine. */
class ComposeTest {
  private static final JsonNode COMPOSE = DeploymentFiles.compose();
  private static final Path DOCKER = Path.of("docker");

  /** Their images write their own configuration into themselves when they start. */
  private static final Set<String> WRITABLE = Set.of("kafka", "registry");

  /** A publisher of cameras listens nowhere: there is nothing to ask. */
  private static final Set<String> UNASKED = Set.of("cameras");

  private static final Pattern ADDRESS = Pattern.compile("\\b([a-z][a-z-]*):(\\d{4,5})\\b");

  @TempDir private Path folder;

  @Test
  void compose_isValidByTheSpecificationsSchema() throws Exception {
    JsonNode schema =
        new ObjectMapper()
            .readTree(Path.of("src/test/resources/compose/compose-spec.json").toFile());
    removeIds(schema);
    JsonSchema validator =
        JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V201909).getSchema(schema);
    assertThat(validator.validate(COMPOSE)).isEmpty();
    JsonNode wrong = COMPOSE.deepCopy();
    ((ObjectNode) wrong.at("/services/wall")).put("read-only", true);
    assertThat(validator.validate(wrong)).isNotEmpty();
  }

  /** The schema names itself and its parts with draft 4's word, which the draft it claims lacks. */
  private static void removeIds(JsonNode schema) {
    if (schema.path("id").isTextual()) {
      ((ObjectNode) schema).remove("id");
    }
    schema.forEach(ComposeTest::removeIds);
  }

  @Test
  void containers_writeOnlyToMemoryAndVolumes() {
    services()
        .forEach(
            (name, service) -> {
              if (WRITABLE.contains(name)) {
                return;
              }
              assertThat(service.path("read_only").asBoolean()).as(name).isTrue();
              assertThat(DeploymentFiles.texts(service.path("cap_drop"))).containsExactly("ALL");
              List<String> memory = DeploymentFiles.texts(service.path("tmpfs"));
              assertThat(memory).as(name).anyMatch(mount -> mount.startsWith("/tmp"));
              if (service.path("image").asText().startsWith("framelabel")) {
                // Native libraries are run from there.
                assertThat(memory).as(name).anyMatch(mount -> mount.startsWith("/tmp:exec"));
              }
            });
  }

  @Test
  void services_thatStayAreAskedForTheirHealthAndOthersEnd() {
    services()
        .forEach(
            (name, service) -> {
              boolean stays = service.path("restart").asText().equals("unless-stopped");
              boolean asked = service.at("/healthcheck/test").size() > 1;
              if (!UNASKED.contains(name)) {
                assertThat(asked).as(name).isEqualTo(stays);
              }
              for (Map.Entry<String, JsonNode> needed : service.path("depends_on").properties()) {
                JsonNode other = COMPOSE.path("services").path(needed.getKey());
                boolean healthy =
                    needed.getValue().path("condition").asText().equals("service_healthy");
                assertThat(other.at("/healthcheck").has("test")).as(name).isEqualTo(healthy);
              }
            });
  }

  @Test
  void addresses_inCommandsAndConfigurations_areServices() throws Exception {
    StringBuilder text = new StringBuilder();
    services()
        .forEach(
            (name, service) -> {
              text.append(String.join("\n", DeploymentFiles.texts(service.path("command"))));
              text.append('\n').append(service.path("environment")).append('\n');
            });
    text.append(DeploymentFiles.read(DOCKER.resolve("prometheus.yaml")));
    text.append(DeploymentFiles.read(DOCKER.resolve("grafana/datasources.yaml")));
    List<MatchResult> found = ADDRESS.matcher(text).results().toList();
    assertThat(found).hasSizeGreaterThan(8);
    for (MatchResult address : found) {
      if (!address.group(1).equals("localhost")) {
        assertThat(services()).as(address.group()).containsKey(address.group(1));
      }
    }
  }

  @Test
  void ports_areOpenOnThisMachineOnly() {
    services()
        .values()
        .forEach(
            service ->
                assertThat(DeploymentFiles.texts(service.path("ports")))
                    .allMatch(port -> port.startsWith("127.0.0.1:")));
  }

  @Test
  void prometheus_readsTheRulesThatAreMounted() throws Exception {
    String config = DeploymentFiles.read(DOCKER.resolve("prometheus.yaml"));
    Map<String, Path> mounts = mounts("prometheus");
    assertThat(mounts.keySet())
        .contains("/etc/prometheus/prometheus.yaml")
        .anyMatch(target -> target.matches("/etc/prometheus/rules/\\w+\\.yaml"));
    assertThat(config).contains("/etc/prometheus/rules/*.yaml");
    assertThat(DeploymentFiles.texts(COMPOSE.at("/services/prometheus/command")))
        .contains("--config.file=/etc/prometheus/prometheus.yaml");
    assumeTrue(
        DeploymentFiles.installed("promtool"), "promtool is not on the PATH: no check of the file");
    Path rules = Path.of("deploy/monitoring").toAbsolutePath();
    Path moved = folder.resolve("prometheus.yaml");
    Files.writeString(moved, config.replace("/etc/prometheus/rules", rules.toString()));
    run(List.of("promtool", "check", "config", moved.toString()), Map.of());
  }

  @Test
  void grafana_findsItsDataSourceAndDashboard() {
    Map<String, Path> mounts = mounts("grafana");
    JsonNode provider =
        DeploymentFiles.documents(DeploymentFiles.read(DOCKER.resolve("grafana/dashboards.yaml")))
            .get(0)
            .at("/providers/0");
    String dashboards = provider.at("/options/path").asText();
    String home =
        COMPOSE
            .at("/services/grafana/environment/GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH")
            .asText();
    assertThat(mounts.get(home))
        .isEqualTo(Path.of("docker/../deploy/monitoring/grafana-dashboard.json"));
    assertThat(home).startsWith(dashboards + "/");
    assertThat(mounts.keySet())
        .anyMatch(target -> target.startsWith("/etc/grafana/provisioning/datasources/"))
        .anyMatch(target -> target.startsWith("/etc/grafana/provisioning/dashboards/"));
    assertThat(DeploymentFiles.read(DOCKER.resolve("grafana/datasources.yaml")))
        .contains("type: prometheus", "url: http://prometheus:9090");
  }

  @Test
  void cameras_showFoldersThatTheDemoWrites() throws Exception {
    new DemoFrames().write(folder.resolve("pictures"), 3, 2);
    List<String> sources =
        DeploymentFiles.texts(COMPOSE.at("/services/cameras/command")).stream()
            .filter(word -> word.contains("=/pictures/"))
            .toList();
    assertThat(sources).hasSize(3);
    for (String source : sources) {
      Path pictures = folder.resolve(source.replaceFirst(".*=/", ""));
      assertThat(pictures.resolve("001.jpg")).isNotEmptyFile();
      assertThat(pictures.resolve("002.jpg")).isNotEmptyFile();
    }
    assertThat(DeploymentFiles.texts(COMPOSE.at("/services/pictures/command")))
        .containsExactly("demo", "--pictures", "/pictures");
  }

  @Test
  void entrypoint_emptyConfFolder_getsTheImagesFilesAndGoesOn() throws Exception {
    Path conf = Files.createDirectories(folder.resolve("conf"));
    Files.createDirectories(folder.resolve("conf-image"));
    Files.writeString(folder.resolve("conf-image/config.yaml"), "of: image\n");
    Map<String, String> environment =
        Map.of("FLINK_HOME", folder.toString(), "FLINK_ENTRYPOINT", "/bin/echo");
    List<String> command = List.of("docker/entrypoint.sh", "taskmanager", "-D", "a b");
    assertThat(run(command, environment)).isEqualTo("taskmanager -D a b\n");
    assertThat(conf.resolve("config.yaml")).hasContent("of: image\n");
    Files.writeString(conf.resolve("config.yaml"), "of: another\n");
    assertThat(run(command, environment)).isEqualTo("taskmanager -D a b\n");
    assertThat(conf.resolve("config.yaml")).hasContent("of: another\n");
  }

  private String run(List<String> command, Map<String, String> environment) throws Exception {
    Path output = folder.resolve("output.txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    boolean ended = process.waitFor(60, TimeUnit.SECONDS);
    process.destroyForcibly();
    String text = Files.readString(output);
    assertThat(ended && process.exitValue() == 0).as(text).isTrue();
    return text;
  }

  private static Map<String, JsonNode> services() {
    Map<String, JsonNode> services = new TreeMap<>();
    COMPOSE
        .path("services")
        .properties()
        .forEach(service -> services.put(service.getKey(), service.getValue()));
    return services;
  }

  /** Files of the repository that a service sees, by where it sees them. */
  private static Map<String, Path> mounts(String service) {
    Map<String, Path> mounts = new TreeMap<>();
    for (String volume :
        DeploymentFiles.texts(COMPOSE.path("services").path(service).path("volumes"))) {
      String[] parts = volume.split(":", -1);
      if (parts[0].startsWith(".")) {
        Path file = Path.of("docker/" + parts[0].replaceFirst("^\\./", ""));
        assertThat(file).exists();
        mounts.put(parts[1], file);
      }
    }
    return mounts;
  }
}
