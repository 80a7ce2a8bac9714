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

/** The manifests under deploy/ by the classes of those who will read them. */
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

  @TempDir private Path folder;

  @Test
  void files_areReadStrictly() throws Exception {
    int read = 0;
    for (Map.Entry<Path, List<JsonNode>> file : DeploymentFiles.manifests().entrySet()) {
      for (JsonNode manifest : manifests(file.getValue())) {
        assertThat(ManifestReader.read(manifest)).as("%s", file.getKey()).isNotNull();
        read++;
      }
    }
    assertThat(read).isGreaterThan(15);
  }

  @Test
  void files_areValidByTheSchemasOfTheirKinds() {
    ManifestSchemas schemas = new ManifestSchemas();
    Map<String, Integer> checked = new TreeMap<>();
    for (Map.Entry<Path, List<JsonNode>> file : DeploymentFiles.manifests().entrySet()) {
      for (JsonNode manifest : manifests(file.getValue())) {
        // An overlay's FlinkDeployment is laid over the whole one.
        boolean part = !file.getKey().equals(BASE) && manifest.at("/kind").asText().startsWith("F");
        Optional<List<String>> complaints =
            schemas.complaints(ManifestReader.withFlinkOfTheReader(manifest), part);
        complaints.ifPresent(found -> assertThat(found).as("%s", file.getKey()).isEmpty());
        if (complaints.isPresent()) {
          checked.merge(manifest.path("kind").asText(), 1, Integer::sum);
        }
      }
    }
    assertThat(checked.keySet())
        .contains("Deployment", "FlinkDeployment", "NetworkPolicy", "Role", "RoleBinding")
        .contains("Service", "ServiceAccount");
  }

  @Test
  void schemas_wrongTypesAndUnknownKeys_areRefused() {
    ManifestSchemas schemas = new ManifestSchemas();
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
  void overlays_asAssembled_areReadStrictly(String overlay) throws Exception {
    requireKubectl();
    for (JsonNode manifest : manifests(DeploymentFiles.overlay(overlay, folder))) {
      assertThat(ManifestReader.read(manifest)).isNotNull();
    }
  }

  @Test
  void flinkVersion_isThatOfTheImage() {
    JsonNode base = DeploymentFiles.manifests().get(BASE).get(0);
    assertThat(base.at("/spec/flinkVersion").asText()).isEqualTo("v2_2");
    assertThat(DeploymentFiles.read(Path.of("docker/Dockerfile"))).contains("FROM flink:2.2.");
    assertThatThrownBy(() -> ManifestReader.read(withFlinkVersionOfJob(base)))
        .isInstanceOf(JsonProcessingException.class);
  }

  /** The reader refuses what it should: an unknown key in any object of any manifest. */
  @Test
  void reader_unknownKeyAnywhere_isRefused() {
    int tried = 0;
    for (List<JsonNode> file : DeploymentFiles.manifests().values()) {
      for (JsonNode manifest : manifests(file)) {
        List<ObjectNode> objects = new ArrayList<>();
        JsonNode copy = manifest.deepCopy();
        collect("", copy, objects);
        for (ObjectNode object : objects) {
          object.put("noSuchKey", 1);
          assertThatThrownBy(() -> ManifestReader.read(copy))
              .as("%s", object)
              .isInstanceOf(JsonProcessingException.class)
              .hasMessageContaining("noSuchKey");
          object.remove("noSuchKey");
          tried++;
        }
      }
    }
    assertThat(tried).isGreaterThan(100);
  }

  @Test
  void flinkSettings_ofBaseTlsAndGpu_areWhatProductionNeeds() {
    assertThat(settings(BASE))
        .containsEntry("web.submit.enable", "false")
        .containsEntry("web.cancel.enable", "false")
        .containsEntry("high-availability.type", "kubernetes")
        .containsEntry("restart-strategy.type", "exponential-delay")
        .containsEntry("taskmanager.jvm-exit-on-oom", "true");
    assertThat(settings(BASE))
        .extractingByKeys(
            "high-availability.storageDir",
            "execution.checkpointing.dir",
            "execution.checkpointing.savepoint-dir")
        .allMatch(place -> place.startsWith("s3://"));
    assertThat(settings(Path.of("deploy/overlays/tls/flinkdeployment.yaml")))
        .containsEntry("security.ssl.internal.enabled", "true")
        .containsEntry("security.ssl.rest.enabled", "true")
        .containsEntry("security.ssl.rest.authentication-enabled", "true");
    assertThat(settings(Path.of("deploy/overlays/gpu/flinkdeployment.yaml")))
        .containsEntry("external-resources", "gpu")
        .containsEntry("external-resource.gpu.kubernetes.config-key", "nvidia.com/gpu");
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

  private static Map<String, String> settings(Path manifest) {
    Map<String, String> settings = new TreeMap<>();
    DeploymentFiles.manifests()
        .get(manifest)
        .get(0)
        .at("/spec/flinkConfiguration")
        .properties()
        .forEach(setting -> settings.put(setting.getKey(), setting.getValue().asText()));
    return settings;
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
