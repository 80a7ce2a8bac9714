package dev.framelabel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessSpec;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The settings of docs/start/flink-cluster.md are those of the image, and Flink accepts them. */
class FlinkClusterPageTest {
  private static final String PAGE = DeploymentFiles.read(Path.of("docs/start/flink-cluster.md"));

  /** What a Flink distribution has in its conf/config.yaml, as far as memory goes. */
  private static final String OF_FLINK =
      """
      taskmanager:
        bind-host: localhost
        host: localhost
        numberOfTaskSlots: 1
        memory:
          process:
            size: 1728m
      """;

  private static final Pattern ROW =
      Pattern.compile("^\\| [^|]*, \\d+ \\| (\\d+\\w) \\| (\\d+\\w) \\|$", Pattern.MULTILINE);

  @TempDir private Path folder;

  @Test
  void classLoading_onThePage_isThatOfTheImage() throws Exception {
    ConfigOption<List<String>> option = CoreOptions.ALWAYS_PARENT_FIRST_LOADER_PATTERNS_ADDITIONAL;
    assertThat(PAGE).contains(option.key() + ": " + String.join(";", settings("").get(option)));
  }

  @Test
  void settings_ofTheProductAlone_areTooLargeForFlinksDefault() throws Exception {
    Configuration settings = settings("");
    assertThatThrownBy(() -> memory(settings)).isInstanceOf(IllegalConfigurationException.class);
  }

  @Test
  void settings_withThoseOfThePage_areAccepted() throws Exception {
    String yaml = PAGE.replaceFirst("(?s).*?```yaml\n(.*?)```.*", "$1");
    TaskExecutorProcessSpec memory = memory(settings(yaml));
    assertThat(memory.getTaskOffHeapSize()).isEqualTo(MemorySize.ofMebiBytes(1900));
    assertThat(memory.getTotalProcessMemorySize()).isEqualTo(MemorySize.ofMebiBytes(4096));
    assertThat(memory.getJvmHeapMemorySize()).isGreaterThan(MemorySize.ofMebiBytes(1000));
  }

  @Test
  void sizes_forOtherModels_leaveAHeapForTwoTasks() throws Exception {
    List<MatchResult> rows = ROW.matcher(PAGE).results().toList();
    assertThat(rows).hasSizeGreaterThan(3);
    for (MatchResult row : rows) {
      Configuration settings = settings("");
      settings.set(TaskManagerOptions.TASK_OFF_HEAP_MEMORY, MemorySize.parse(row.group(1)));
      settings.set(TaskManagerOptions.TOTAL_PROCESS_MEMORY, MemorySize.parse(row.group(2)));
      assertThat(memory(settings).getJvmHeapMemorySize())
          .as(row.group())
          .isGreaterThan(MemorySize.ofMebiBytes(800));
    }
  }

  private Configuration settings(String more) throws Exception {
    String product = DeploymentFiles.read(DeploymentFiles.IMAGE_SETTINGS);
    Files.writeString(folder.resolve("config.yaml"), OF_FLINK + product + "\n" + more);
    return GlobalConfiguration.loadConfiguration(folder.toString());
  }

  private static TaskExecutorProcessSpec memory(Configuration settings) {
    return TaskExecutorProcessUtils.processSpecFromConfig(settings);
  }
}
