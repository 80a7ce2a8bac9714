package dev.framelabel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessSpec;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.junit.jupiter.api.Test;

/** Flink accepts the memory settings that the files and the sizing guide give a TaskManager. */
class MemorySettingsTest {
  private static final Path GUIDE = Path.of("docs/guides/size-a-deployment.md");
  private static final Pattern YAML = Pattern.compile("```yaml\\n(.*?)```", Pattern.DOTALL);
  private static final String MEMORY = "taskmanager.memory.";
  private static final String SIZE = TaskManagerOptions.TOTAL_PROCESS_MEMORY.key();

  @Test
  void examples_ofTheGuide_areAcceptedAndLeaveTheHeapThatItNames() {
    assertThat(examples()).hasSize(2);
    for (JsonNode example : examples()) {
      int heap = specification(memory(example)).getTaskHeapSize().getMebiBytes();
      assertThat(DeploymentFiles.read(GUIDE)).contains(heap + " MiB Java heap for the tasks");
    }
  }

  @Test
  void firstExample_isWhatImageAndComposeHave() {
    Map<String, String> image = imageWithProcessSize("4g").toMap();
    assertThat(DeploymentFiles.read(DeploymentFiles.COMPOSE)).contains(SIZE + ": 4g\n");
    assertThat(memory(examples().get(0)).toMap()).isEqualTo(image);
  }

  @Test
  void manifests_areAccepted() {
    JsonNode base =
        DeploymentFiles.manifests().get(Path.of("deploy/base/flinkdeployment.yaml")).get(0);
    for (JsonNode deployment : DeploymentFiles.flinkDeployments()) {
      Configuration settings = memory(base.at("/spec/flinkConfiguration"));
      JsonNode own = deployment.at("/spec/taskManager/resource/memory");
      JsonNode size = own.isMissingNode() ? base.at("/spec/taskManager/resource/memory") : own;
      settings.setString(SIZE, size.asText());
      assertThat(specification(settings).getTaskHeapSize().getMebiBytes()).isGreaterThan(800);
    }
  }

  @Test
  void flinksDefaultProcessSize_isTooSmallForTheOffHeapMemoryOfTheImage() {
    Configuration settings = imageWithProcessSize("1728m");
    assertThatThrownBy(() -> specification(settings))
        .isInstanceOf(IllegalConfigurationException.class)
        .hasMessageContaining("TaskManager memory configuration failed");
  }

  private static List<JsonNode> examples() {
    return YAML.matcher(DeploymentFiles.read(GUIDE))
        .results()
        .map(block -> DeploymentFiles.documents(block.group(1)).get(0))
        .toList();
  }

  private static Configuration imageWithProcessSize(String size) {
    Configuration settings =
        memory(
            DeploymentFiles.documents(DeploymentFiles.read(DeploymentFiles.IMAGE_SETTINGS)).get(0));
    settings.setString(SIZE, size);
    return settings;
  }

  private static TaskExecutorProcessSpec specification(Configuration settings) {
    return TaskExecutorProcessUtils.processSpecFromConfig(settings);
  }

  private static Configuration memory(JsonNode settings) {
    Configuration memory = new Configuration();
    for (Map.Entry<String, JsonNode> setting : settings.properties()) {
      if (setting.getKey().startsWith(MEMORY)) {
        memory.setString(setting.getKey(), setting.getValue().asText());
      }
    }
    return memory;
  }
}
