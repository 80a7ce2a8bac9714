package dev.framelabel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.framelabel.config.JobArguments;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the container and Kubernetes files name exists in the product and in its Flink. */
class DeploymentFilesTest {
  private static final String POM = DeploymentFiles.read(Path.of("pom.xml"));
  private static final String JOB_IN_IMAGE = "/opt/flink/usrlib/framelabel-job.jar";

  /**
   * Flink makes these keys from a resource's or reporter's name: they have no constant of type
   * ConfigOption.
   */
  private static final Pattern RESOURCE_KEY =
      Pattern.compile(
          "external-resource\\.gpu\\.(amount|driver-factory\\.class|kubernetes\\.config-key)"
              + "|metrics\\.reporter\\.prom\\.(factory\\.class|port)");

  @Test
  void flinkKeysAndValues_inImageComposeAndManifests_areWhatFlinkAndTheAutoscalerTake()
      throws Exception {
    Map<String, ConfigOption<?>> declared = new TreeMap<>(FlinkKeys.declared());
    declared.putAll(FlinkKeys.ofAutoscaler());
    Set<String> keys = new TreeSet<>();
    for (JsonNode settings : allFlinkSettings()) {
      for (Map.Entry<String, JsonNode> setting : settings.properties()) {
        if (!RESOURCE_KEY.matcher(setting.getKey()).matches()) {
          keys.add(setting.getKey());
          assertThat(declared).containsKey(setting.getKey());
          Configuration value = new Configuration();
          value.setString(setting.getKey(), setting.getValue().asText());
          assertThatCode(() -> value.get(declared.get(setting.getKey())))
              .as("%s", setting)
              .doesNotThrowAnyException();
        }
      }
    }
    assertThat(keys).hasSizeGreaterThan(30);
  }

  @Test
  void classLoading_inTheManifest_isTheImages() {
    String key = CoreOptions.ALWAYS_PARENT_FIRST_LOADER_PATTERNS_ADDITIONAL.key();
    JsonNode base =
        DeploymentFiles.manifests().get(Path.of("deploy/base/flinkdeployment.yaml")).get(0);
    assertThat(imageSettings().path(key).asText())
        .isNotEmpty()
        .isEqualTo(base.at("/spec/flinkConfiguration").path(key).asText());
  }

  @Test
  void metrics_haveOnePortInImageManifestsAndPodMonitor() throws Exception {
    String factory = imageSettings().path("metrics.reporter.prom.factory.class").asText();
    assertThat(Class.forName(factory)).isNotNull();
    String port = imageSettings().path("metrics.reporter.prom.port").asText();
    JsonNode base =
        DeploymentFiles.manifests().get(Path.of("deploy/base/flinkdeployment.yaml")).get(0);
    assertThat(base.at("/spec/flinkConfiguration").path("metrics.reporter.prom.port").asText())
        .isEqualTo(port);
    JsonNode named = base.at("/spec/podTemplate/spec/containers/0/ports/0");
    assertThat(named.path("containerPort").asText()).isEqualTo(port);
    JsonNode monitor =
        DeploymentFiles.manifests()
            .get(Path.of("deploy/overlays/monitoring/podmonitor.yaml"))
            .get(0);
    assertThat(monitor.at("/spec/podMetricsEndpoints/0/port")).isEqualTo(named.path("name"));
    JsonNode policy =
        DeploymentFiles.manifests().get(Path.of("deploy/base/networkpolicy.yaml")).get(0);
    assertThat(policy.findValuesAsText("port")).contains(port);
  }

  @Test
  void limitsOfLibraries_inImageAndManifests_areTheLaunchers() {
    String launcher = DeploymentFiles.read(Path.of("framelabel"));
    List<String> limits =
        launcher
            .lines()
            .filter(line -> line.matches("-Dorg\\.(apache\\.avro\\.limits|bytedeco)\\..*"))
            .toList();
    assertThat(limits).hasSize(5);
    assertThat(DeploymentFiles.read(Path.of(".ci/jvm"))).contains(limits);
    assertThat(DeploymentFiles.read(Path.of("pom.xml")))
        .contains(limits.stream().filter(line -> line.contains("javacpp")).toList());
    JsonNode base =
        DeploymentFiles.manifests().get(Path.of("deploy/base/flinkdeployment.yaml")).get(0);
    for (String key : List.of("env.java.opts.jobmanager", "env.java.opts.taskmanager")) {
      assertThat(imageSettings().path(key).asText().split(" ", -1)).containsAll(limits);
      assertThat(base.at("/spec/flinkConfiguration").path(key).asText().split(" ", -1))
          .containsAll(limits);
    }
  }

  @Test
  void jobArguments_ofComposeAndManifests_areOptionsOfTheJob() {
    List<String> command =
        DeploymentFiles.texts(DeploymentFiles.compose().at("/services/job/command"));
    int jar = command.indexOf(JOB_IN_IMAGE);
    assertThat(jar).isPositive();
    List<List<String>> all = new ArrayList<>();
    all.add(command.subList(jar + 1, command.size()));
    for (JsonNode deployment : DeploymentFiles.flinkDeployments()) {
      if (deployment.at("/spec/job").has("args")) {
        all.add(DeploymentFiles.texts(deployment.at("/spec/job/args")));
      }
    }
    assertThat(all).hasSizeGreaterThan(4);
    for (List<String> arguments : all) {
      assertThat(arguments).contains("--model", "--bootstrap-servers");
      assertThatCode(() -> JobArguments.parse(arguments.toArray(String[]::new)))
          .as("%s", arguments)
          .doesNotThrowAnyException();
    }
  }

  @Test
  void jarAndMainClass_ofComposeAndManifests_areWhatTheBuildMakes() {
    String shaded = "framelabel/" + Path.of(JOB_IN_IMAGE).getFileName() + "</outputFile>";
    assertThat(POM).contains(shaded, "<mainClass>" + LabellingJob.class.getName() + "</mainClass>");
    List<String> command =
        DeploymentFiles.texts(DeploymentFiles.compose().at("/services/job/command"));
    assertThat(command).containsSequence("--class", LabellingJob.class.getName(), JOB_IN_IMAGE);
    JsonNode base =
        DeploymentFiles.manifests().get(Path.of("deploy/base/flinkdeployment.yaml")).get(0);
    assertThat(base.at("/spec/job/jarURI").asText()).isEqualTo("local://" + JOB_IN_IMAGE);
    assertThat(base.at("/spec/job/entryClass").asText()).isEqualTo(LabellingJob.class.getName());
  }

  @Test
  void dockerfiles_copyOnlyWhatTheRepositoryHasOrTheBuildMakes() {
    Set<String> built =
        Set.of(
            "target/framelabel/framelabel-job.jar",
            "target/framelabel/flink-lib/",
            "target/framelabel/lib/");
    List<String> sent = DeploymentFiles.read(Path.of(".dockerignore")).lines().toList();
    for (Path dockerfile : DeploymentFiles.dockerfiles()) {
      for (String source : DeploymentFiles.copiedFromContext(dockerfile)) {
        assertThat(sent).as("%s", dockerfile).contains("!" + source.replaceAll("/$", ""));
        if (built.contains(source)) {
          String path = source.replaceFirst("^target/", "").replaceAll("/$", "");
          assertThat(POM).contains("${project.build.directory}/" + path);
        } else {
          assertThat(Path.of(source)).as("%s", dockerfile).exists();
        }
      }
    }
  }

  @Test
  void images_havePinnedVersions() {
    String flink = valueOfPom("flink.version");
    for (Path dockerfile : DeploymentFiles.dockerfiles()) {
      List<String> bases =
          DeploymentFiles.read(dockerfile)
              .lines()
              .filter(line -> line.startsWith("FROM "))
              .map(line -> line.split(" ", -1)[1])
              .toList();
      assertThat(bases).isNotEmpty().allMatch(DeploymentFilesTest::pinned);
      assertThat(bases.stream().filter(image -> image.startsWith("flink:")))
          .allMatch(("flink:" + flink + "-java17")::equals);
      assertThat(DeploymentFiles.read(dockerfile)).contains("USER ", "ORT_DISABLE_TELEMETRY=1");
    }
    List<String> others = DeploymentFiles.compose().findValuesAsText("image");
    DeploymentFiles.flinkDeployments()
        .forEach(deployment -> others.addAll(deployment.findValuesAsText("image")));
    assertThat(others)
        .contains("apache/kafka:" + valueOfPom("kafka.version"))
        .allMatch(DeploymentFilesTest::pinned);
  }

  @Test
  void compose_filesVolumesAndServices_thatItNames_exist() {
    JsonNode compose = DeploymentFiles.compose();
    List<JsonNode> services = new ArrayList<>();
    compose.path("services").elements().forEachRemaining(services::add);
    services.add(compose.path("x-framelabel"));
    for (JsonNode service : services) {
      for (String volume : DeploymentFiles.texts(service.path("volumes"))) {
        String source = volume.split(":", 2)[0];
        boolean known =
            source.startsWith(".")
                ? Files.exists(Path.of("docker").resolve(source))
                : compose.path("volumes").has(source);
        assertThat(known).as(volume).isTrue();
      }
      JsonNode dockerfile = service.at("/build/dockerfile");
      assertThat(dockerfile.isMissingNode() || Files.exists(Path.of(dockerfile.asText()))).isTrue();
      service
          .path("depends_on")
          .fieldNames()
          .forEachRemaining(name -> assertThat(compose.path("services").has(name)).isTrue());
    }
  }

  @Test
  void kustomizations_nameFilesThatExist() {
    DeploymentFiles.manifests()
        .forEach(
            (file, documents) -> {
              if (file.endsWith("kustomization.yaml")) {
                JsonNode document = documents.get(0);
                List<String> names =
                    new ArrayList<>(DeploymentFiles.texts(document.path("resources")));
                names.addAll(document.path("patches").findValuesAsText("path"));
                assertThat(names).isNotEmpty();
                names.forEach(
                    name -> assertThat(file.resolveSibling(name)).as("%s", file).exists());
              }
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"autoscale", "cameras", "cpu", "gpu", "monitoring", "tls", "topics", "wall"})
  void overlays_areBuiltByKubectl(String overlay, @TempDir Path folder) throws Exception {
    assumeTrue(
        DeploymentFiles.installed("kubectl"), "kubectl is not on the PATH: overlays are not built");
    for (JsonNode document : DeploymentFiles.overlay(overlay, folder)) {
      if (document.path("kind").asText().equals("FlinkDeployment")) {
        assertThat(document.at("/spec/job/upgradeMode").asText()).isEqualTo("savepoint");
        assertThat(document.at("/spec/podTemplate").findValuesAsText("mountPath"))
            .contains("/models");
      }
    }
  }

  private static List<JsonNode> allFlinkSettings() {
    List<JsonNode> all = new ArrayList<>(List.of(imageSettings()));
    for (JsonNode text : DeploymentFiles.compose().findValues("FLINK_PROPERTIES")) {
      all.addAll(DeploymentFiles.documents(text.asText()));
    }
    for (JsonNode deployment : DeploymentFiles.flinkDeployments()) {
      all.add(deployment.at("/spec/flinkConfiguration"));
    }
    return all;
  }

  private static JsonNode imageSettings() {
    return DeploymentFiles.documents(DeploymentFiles.read(DeploymentFiles.IMAGE_SETTINGS)).get(0);
  }

  /** A version, or a release of Debian, whose packages get fixes only. */
  private static boolean pinned(String image) {
    return image.matches("[a-z0-9./-]+:v?[0-9]+\\.[0-9]+\\.[0-9]+[\\w.-]*")
        || image.equals("debian:bookworm-slim");
  }

  private static String valueOfPom(String property) {
    Matcher matcher = Pattern.compile("<" + property + ">([^<]+)<").matcher(POM);
    assertThat(matcher.find()).as(property).isTrue();
    return matcher.group(1);
  }
}
