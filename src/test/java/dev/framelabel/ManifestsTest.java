package dev.framelabel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.framelabel.config.KafkaOptions;
import dev.framelabel.kafka.admin.Topics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.flink.kubernetes.operator.api.FlinkDeployment;
import org.apache.flink.kubernetes.operator.api.spec.UpgradeMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The manifests under deploy/ by the schemas and the classes of those who will read them. */
class ManifestsTest {
  private static final Path BASE = Path.of("deploy/base/flinkdeployment.yaml");

  /** Objects whose keys are names that the writer chooses. */
  private static final Set<String> FREE =
      Set.of(
          "flinkConfiguration",
          "labels",
          "matchLabels",
          "config",
          "limits",
          "requests",
          "selector");

  private final ManifestSchemas schemas = new ManifestSchemas();

  @TempDir private Path folder;

  @Test
  void files_areValidByTheSchemasOrClassesOfTheirKinds() throws Exception {
    int checked = 0;
    for (Map.Entry<Path, List<JsonNode>> file : DeploymentFiles.manifests().entrySet()) {
      for (JsonNode manifest : manifests(file.getValue())) {
        // An overlay's FlinkDeployment is laid over the whole one.
        boolean part = !file.getKey().equals(BASE) && manifest.at("/kind").asText().startsWith("F");
        assertValid(manifest, part);
        checked++;
      }
    }
    assertThat(checked).isGreaterThan(15);
  }

  /** By its schema, by its class, or by both: a kind that has neither is refused. */
  private void assertValid(JsonNode manifest, boolean part) throws JsonProcessingException {
    Optional<List<String>> complaints =
        schemas.complaints(ManifestReader.withFlinkOfTheReader(manifest), part);
    complaints.ifPresent(found -> assertThat(found).as("%s", manifest).isEmpty());
    if (complaints.isEmpty() || ManifestReader.knows(manifest)) {
      assertThat(ManifestReader.read(manifest)).isNotNull();
    }
  }

  @Test
  void schemas_missingRequiredKeys_areNamed() {
    ObjectNode manifest = DeploymentFiles.ofKind("Deployment").get(0).deepCopy();
    JsonNode name = ((ObjectNode) manifest.at("/spec/template/spec/containers/0")).remove("name");
    assertThat(name).isNotNull();
    JsonNode ignored = ((ObjectNode) manifest.get("spec")).remove("selector");
    assertThat(schemas.complaints(manifest, false).orElseThrow())
        .anyMatch(message -> message.contains("'name'"))
        .anyMatch(message -> message.contains("'selector'"));
  }

  @Test
  void schemas_wrongTypesAndUnknownKeys_areRefused() {
    for (String kind : List.of("Deployment", "FlinkDeployment", "NetworkPolicy", "Service")) {
      ObjectNode manifest = DeploymentFiles.ofKind(kind).get(0).deepCopy();
      ((ObjectNode) manifest.get("spec")).put("colour", "blue");
      assertThat(schemas.complaints(manifest, true).orElseThrow())
          .as(kind)
          .anyMatch(message -> message.contains("colour"));
    }
    ObjectNode job = DeploymentFiles.ofKind("FlinkDeployment").get(0).deepCopy();
    ((ObjectNode) job.at("/spec/job")).put("parallelism", "two");
    assertThat(schemas.complaints(job, true).orElseThrow())
        .anyMatch(message -> message.contains("parallelism"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"autoscale", "cpu", "gpu", "tls"})
  void flinkDeployment_asAssembledWithFlinkVersionReplaced_isTheOperators(String overlay)
      throws Exception {
    FlinkDeployment deployment = (FlinkDeployment) ManifestReader.read(assembled(overlay));
    assertThat(deployment.getSpec().getJob().getUpgradeMode()).isEqualTo(UpgradeMode.SAVEPOINT);
    assertThat(deployment.getSpec().getJob().getArgs()).contains("--model", "--device");
    assertThat(deployment.getSpec().getTaskManager().getResource().getCpu()).isGreaterThan(1.0);
    assertThat(deployment.getSpec().getFlinkConfiguration())
        .containsKeys("high-availability.type", "job.autoscaler.enabled", "restart-strategy.type");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cameras", "monitoring", "topics", "wall"})
  void overlays_asAssembled_areValid(String overlay) throws Exception {
    requireKubectl();
    for (JsonNode manifest : manifests(DeploymentFiles.overlay(overlay, folder))) {
      assertValid(manifest, false);
    }
  }

  @Test
  void flinkVersion_isThatOfTheImage() {
    JsonNode base = DeploymentFiles.manifests().get(BASE).get(0);
    String version = base.at("/spec/flinkVersion").asText().replace('_', '.').replace("v", "");
    assertThat(DeploymentFiles.read(Path.of("docker/Dockerfile")))
        .contains("FROM flink:" + version + ".");
    assertThatThrownBy(() -> ManifestReader.read(withFlinkVersionOfJob(base)))
        .isInstanceOf(JsonProcessingException.class);
  }

  /** The checks refuse what they should: an unknown key in any object of any manifest. */
  @Test
  void files_unknownKeyAnywhere_isRefused() {
    int tried = 0;
    for (List<JsonNode> file : DeploymentFiles.manifests().values()) {
      for (JsonNode manifest : manifests(file)) {
        List<ObjectNode> objects = new ArrayList<>();
        JsonNode copy = manifest.deepCopy();
        collect("", copy, objects);
        for (ObjectNode object : objects) {
          object.put("noSuchKey", 1);
          assertRefused(copy, "noSuchKey");
          object.remove("noSuchKey");
          tried++;
        }
      }
    }
    assertThat(tried).isGreaterThan(100);
  }

  /** A topic of the overlay is a topic as {@code framelabel topics create} makes it. */
  @Test
  void kafkaTopics_haveTheSettingsOfTopicsCreate() {
    List<JsonNode> topics = DeploymentFiles.ofKind("KafkaTopic");
    assertThat(topics).hasSize(4);
    for (JsonNode topic : topics) {
      JsonNode config = topic.at("/spec/config");
      Map<String, String> expected =
          new TreeMap<>(
              Topics.settings(
                  topic.at("/spec/replicas").asInt(),
                  (int) KafkaOptions.MAX_RECORD_SIZE.defaultValue().getBytes()));
      if (config.path("cleanup.policy").asText().equals("compact")) {
        expected.remove("max.message.bytes");
      }
      expected.forEach(
          (key, value) -> assertThat(config.path(key).asText()).as("%s", topic).isEqualTo(value));
    }
  }

  @Test
  void containers_writeOnlyToTheirVolumesAndAreNotRoot() throws Exception {
    List<JsonNode> pods =
        new ArrayList<>(
            DeploymentFiles.ofKind("Deployment").stream()
                .map(deployment -> deployment.at("/spec/template/spec"))
                .toList());
    pods.add(DeploymentFiles.manifests().get(BASE).get(0).at("/spec/podTemplate/spec"));
    pods.add(assembled("tls").at("/spec/podTemplate/spec"));
    for (JsonNode pod : pods) {
      assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
      JsonNode container = pod.at("/containers/0");
      JsonNode security = container.path("securityContext");
      assertThat(security.path("readOnlyRootFilesystem").asBoolean()).isTrue();
      assertThat(security.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
      assertThat(security.at("/capabilities/drop/0").asText()).isEqualTo("ALL");
      Map<String, String> mounts = new TreeMap<>();
      container
          .path("volumeMounts")
          .forEach(
              mount -> mounts.put(mount.path("mountPath").asText(), mount.path("name").asText()));
      assertThat(mounts).containsKey("/tmp");
      Set<String> emptied = new TreeSet<>();
      Set<String> all = new TreeSet<>();
      pod.path("volumes")
          .forEach(
              volume -> {
                all.add(volume.path("name").asText());
                if (volume.has("emptyDir")) {
                  emptied.add(volume.path("name").asText());
                }
              });
      assertThat(all).containsExactlyInAnyOrderElementsOf(mounts.values());
      assertThat(emptied).contains(mounts.get("/tmp"));
    }
  }

  @Test
  void pods_areAllSelectedByANetworkPolicyAndServicesFindThem() {
    Set<JsonNode> policed =
        DeploymentFiles.ofKind("NetworkPolicy").stream()
            .map(policy -> policy.at("/spec/podSelector/matchLabels"))
            .collect(Collectors.toSet());
    Set<JsonNode> pods =
        DeploymentFiles.ofKind("Deployment").stream()
            .map(deployment -> deployment.at("/spec/template/metadata/labels"))
            .collect(Collectors.toSet());
    assertThat(pods).hasSize(2);
    assertThat(policed).containsAll(pods).hasSize(3);
    for (JsonNode service : DeploymentFiles.ofKind("Service")) {
      assertThat(pods).contains(service.at("/spec/selector"));
    }
    for (JsonNode deployment : DeploymentFiles.ofKind("Deployment")) {
      assertThat(deployment.at("/spec/selector/matchLabels"))
          .isEqualTo(deployment.at("/spec/template/metadata/labels"));
    }
  }

  private void assertRefused(JsonNode manifest, String key) {
    if (ManifestReader.knows(manifest)) {
      assertThatThrownBy(() -> ManifestReader.read(manifest))
          .as("%s", manifest)
          .isInstanceOf(JsonProcessingException.class)
          .hasMessageContaining(key);
    } else {
      assertThat(schemas.complaints(manifest, true).orElseThrow())
          .as("%s", manifest)
          .anyMatch(message -> message.contains(key));
    }
  }

  private JsonNode assembled(String overlay) throws Exception {
    requireKubectl();
    return DeploymentFiles.overlay(overlay, folder).stream()
        .filter(document -> document.path("kind").asText().equals("FlinkDeployment"))
        .findFirst()
        .orElseThrow();
  }

  private static void requireKubectl() {
    assumeTrue(
        DeploymentFiles.installed("kubectl"), "kubectl is not on the PATH: overlays are not built");
  }

  private static List<JsonNode> manifests(List<JsonNode> documents) {
    return documents.stream()
        .filter(document -> document.has("kind"))
        .filter(document -> !document.path("kind").asText().equals("Kustomization"))
        .toList();
  }

  private static JsonNode withFlinkVersionOfJob(JsonNode base) {
    ObjectNode job = base.deepCopy();
    ((ObjectNode) job.at("/spec/job")).set("flinkVersion", base.at("/spec/flinkVersion"));
    return job;
  }

  private static void collect(String name, JsonNode node, List<ObjectNode> objects) {
    if (node.isObject() && !FREE.contains(name)) {
      objects.add((ObjectNode) node);
    }
    if (node.isArray()) {
      node.forEach(element -> collect("", element, objects));
    } else if (node.isObject() && !FREE.contains(name)) {
      node.properties().forEach(field -> collect(field.getKey(), field.getValue(), objects));
    } else if (node.isObject() && name.equals("selector")) {
      node.properties().forEach(field -> collect(field.getKey(), field.getValue(), objects));
    }
  }
}
