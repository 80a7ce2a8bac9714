package dev.framelabel.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.framelabel.config.KafkaOptions;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

class SettingsTest {
  @TempDir private Path folder;

  @Test
  void option_setEverywhere_commandLineThenEnvironmentThenFileThenDefault() throws Exception {
    String file = file("topics-create:\n  partitions: 3\n  replication: 1\n");
    CommandSpec create =
        parse(
            Map.of("FRAMELABEL_TOPICS_CREATE_REPLICATION", "2"),
            "--config",
            file,
            "topics",
            "create",
            "--frames-topic",
            "f");
    assertThat(value(create, "--frames-topic")).isEqualTo("f");
    assertThat(value(create, "--replication")).isEqualTo((short) 2);
    assertThat(value(create, "--partitions")).isEqualTo(3);
    assertThat(value(create, "--max-record-size"))
        .isEqualTo(KafkaOptions.MAX_RECORD_SIZE.defaultValue());

    CommandSpec again =
        parse(
            Map.of("FRAMELABEL_TOPICS_CREATE_REPLICATION", "2", "FRAMELABEL_CONFIG", file),
            "topics",
            "create",
            "--replication",
            "4");
    assertThat(value(again, "--replication")).isEqualTo((short) 4);
    assertThat(value(again, "--partitions")).isEqualTo(3);
  }

  @Test
  void option_inSectionAndForAll_sectionWins() throws Exception {
    String file = file("bootstrap-servers: all:1\nwall:\n  bootstrap-servers: wall:1\n");
    assertThat(value(parse(Map.of(), "wall", "--config", file), "--bootstrap-servers"))
        .isEqualTo("wall:1");
    assertThat(value(parse(Map.of(), "doctor", "--config=" + file), "--bootstrap-servers"))
        .isEqualTo("all:1");
    CommandSpec wall =
        parse(Map.of("FRAMELABEL_BOOTSTRAP_SERVERS", "env:1"), "wall", "--config", file);
    assertThat(value(wall, "--bootstrap-servers")).isEqualTo("env:1");
  }

  @Test
  void jobOptions_standInSectionJob_forEveryCommandThatTakesThem() throws Exception {
    String file =
        file(
            "job:\n  model: m.onnx\n  bounded: true\nflink:\n  restart-strategy:\n    type: none\n");
    CommandSpec run =
        parse(Map.of("FRAMELABEL_JOB_MAX_BATCH_SIZE", "8"), "job", "run", "--config", file);
    assertThat(JobOptionsModel.arguments(run))
        .containsExactlyInAnyOrder("--model=m.onnx", "--bounded=true", "--max-batch-size=8");
    assertThat(FramelabelCommand.settings(run).file().section("flink"))
        .containsExactly(Map.entry("restart-strategy.type", "none"));
  }

  @Test
  void everyJobOption_isAnOptionOfJobRunAndDoctor() {
    for (String[] command : List.of(new String[] {"job", "run"}, new String[] {"doctor"})) {
      assertThat(JobOptionsModel.isUsedBy(parse(Map.of(), command))).isTrue();
    }
  }

  @Test
  void serviceAddressOfKubernetes_isNoPort() {
    CommandSpec wall = parse(Map.of("FRAMELABEL_WALL_PORT", "tcp://10.0.0.1:8090"), "wall");
    assertThat(value(wall, "--port")).isEqualTo(8090);
  }

  @Test
  void fileAtFault_saysWhereAndWhat() throws Exception {
    String unknown = file("wall:\n  prot: 1\n");
    assertThatThrownBy(() -> parse(Map.of(), "wall", "--config", unknown))
        .hasMessageContaining("has the key 'wall.prot'")
        .hasMessageContaining("the nearest is 'wall.port'");
    String text = file("hello");
    assertThatThrownBy(() -> parse(Map.of(), "wall", "--config", text))
        .hasMessageContaining("holds no 'key: value' lines");
    assertThatThrownBy(() -> parse(Map.of(), "wall", "--config", "missing.yaml"))
        .hasMessageContaining("config file missing.yaml cannot be read");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.10", "007", "1e3", "0x10", "+5", "1_000", "2026-01-31", "True", "yes"})
  void value_thatYamlTakesForANumber_keepsItsText(String value) throws Exception {
    String file = file("frames-topic: " + value + "\nwall:\n  labels-topic: [a, " + value + "]\n");
    CommandSpec wall = parse(Map.of(), "wall", "--config", file);
    assertThat(value(wall, "--frames-topic")).isEqualTo(value);
    assertThat(value(wall, "--labels-topic")).isEqualTo("a," + value);
  }

  @Test
  void key_twiceInTheFile_isRefused() throws Exception {
    String file = file("job:\n  top-k: 1\n  top-k: 2\n");
    assertThatThrownBy(() -> parse(Map.of(), "doctor", "--config", file))
        .hasMessageContainingAll("cannot be read", "top-k");
  }

  @Test
  void file_withoutValues_isEmpty() throws Exception {
    String file = file("# nothing\nwall:\n  frames-topic:\n  labels-topic: ~\n");
    assertThat(value(parse(Map.of(), "wall", "--config", file), "--frames-topic"))
        .isEqualTo("frames");
  }

  @Test
  void completion_namesEveryCommandAndOption() {
    StringWriter out = new StringWriter();
    CommandLine line = FramelabelCommand.line(Map.of());
    line.setOut(new PrintWriter(out));
    assertThat(line.execute("completion")).isZero();
    assertThat(out.toString())
        .contains(
            "complete -F", "doctor", "savepoint", "--transaction-timeout", "--frames-retention");
  }

  @Test
  void docs_showTheFileThatIsRead() throws Exception {
    String page = Files.readString(Path.of("docs/reference/configuration-file.md"));
    String yaml =
        page.lines()
            .dropWhile(line -> !line.startsWith("```yaml"))
            .skip(1)
            .takeWhile(line -> !line.startsWith("```"))
            .reduce("", (a, b) -> a + b + "\n");
    CommandSpec run = parse(Map.of(), "job", "run", "--config", file(yaml));
    assertThat(JobOptionsModel.arguments(run))
        .contains("--model=/models/model.onnx", "--max-batch-size=32");
  }

  private String file(String text) throws Exception {
    return Files.writeString(Files.createTempFile(folder, "config", ".yaml"), text).toString();
  }

  private static CommandSpec parse(Map<String, String> environment, String... arguments) {
    var parsed = FramelabelCommand.line(environment, arguments).parseArgs(arguments);
    while (parsed.hasSubcommand()) {
      parsed = parsed.subcommand();
    }
    return parsed.commandSpec();
  }

  private static Object value(CommandSpec command, String option) {
    return command.findOption(option).getValue();
  }
}
