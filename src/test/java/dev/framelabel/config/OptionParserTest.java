package dev.framelabel.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OptionParserTest {
  private final OptionParser parser = new OptionParser(JobOptions.ALL);

  @Test
  void parse_values_areTyped() {
    OptionParser.Parsed parsed =
        parser.parse(
            "--model",
            "m.onnx",
            "--max-batch-size=8",
            "--max-queue-delay",
            "50 ms",
            "-Dparallelism.default=4");
    assertThat(parsed.job().get(JobOptions.MODEL)).isEqualTo("m.onnx");
    assertThat(parsed.job().get(JobOptions.MAX_BATCH_SIZE)).isEqualTo(8);
    assertThat(parsed.job().get(JobOptions.MAX_QUEUE_DELAY)).isEqualTo("50 ms");
    assertThat(parsed.flink().toMap()).containsEntry("parallelism.default", "4");
    assertThat(parsed.help()).isFalse();
  }

  @Test
  void parse_switch_needsNoValue() {
    OptionParser.Parsed parsed = parser.parse("--intra-op-spinning", "--model", "m");
    assertThat(parsed.job().get(JobOptions.INTRA_OP_SPINNING)).isTrue();
    assertThat(parsed.job().get(JobOptions.MODEL)).isEqualTo("m");
  }

  @Test
  void parse_unknownOption_namesTheNearest() {
    assertThatThrownBy(() -> parser.parse("--batchsize", "8"))
        .hasMessageContaining("option --batchsize is not known; the nearest is --max-batch-size");
  }

  @Test
  void parse_valueThatDoesNotFit_saysWhich() {
    assertThatThrownBy(() -> parser.parse("--max-batch-size", "many"))
        .hasMessageContaining("--max-batch-size is 'many', which does not fit");
    assertThatThrownBy(() -> parser.parse("--max-batch-size"))
        .hasMessage("--max-batch-size is given without a value");
    assertThatThrownBy(() -> parser.parse("max-batch-size", "8"))
        .hasMessageContaining("is no option");
    assertThatThrownBy(() -> parser.parse("-Dnothing"))
        .hasMessageContaining("expected -Dkey=value");
  }

  @Test
  void parse_configFile_argumentsGoBeforeItsJobSectionBeforeItsTop(@TempDir Path folder)
      throws Exception {
    String file =
        Files.writeString(
                folder.resolve("framelabel.yaml"),
                """
                max-batch-size: 2
                top-k: 3
                rest: http://flink:8081
                job:
                  model: m.onnx
                  max-batch-size: 4
                  max-queue-delay: 50 ms
                job-run:
                  parallelism: 4
                flink:
                  execution.checkpointing.timeout: 7 s
                  parallelism.default: 3
                """)
            .toString();
    OptionParser.Parsed parsed =
        parser.parse("--max-queue-delay=30 ms", "-Dparallelism.default=5", "--config", file);
    assertThat(parsed.job().toMap())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "model",
                "m.onnx",
                "max-batch-size",
                "4",
                "top-k",
                "3",
                "max-queue-delay",
                "30 ms"));
    assertThat(parsed.flink().toMap())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("execution.checkpointing.timeout", "7 s", "parallelism.default", "5"));
    assertThat(parser.parse("--config=" + file).job().get(JobOptions.MAX_QUEUE_DELAY))
        .isEqualTo("50 ms");
  }

  @Test
  void parse_configFileThatIsWrong_saysWhere(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("framelabel.yaml");
    String[] arguments = {"--config", file.toString()};
    assertThatThrownBy(() -> parser.parse(arguments)).hasMessageContaining("cannot be read");
    Files.writeString(file, "job:\n  batchsize: 4\n");
    assertThatThrownBy(() -> parser.parse(arguments))
        .hasMessageContaining(file + ": option --batchsize is not known")
        .hasMessageContaining("--max-batch-size");
    Files.writeString(file, "job:\n  max-batch-size: many\n");
    assertThatThrownBy(() -> parser.parse(arguments)).hasMessageContaining("does not fit");
    assertThatThrownBy(() -> parser.parse("--config"))
        .hasMessage("--config is given without a file");
  }

  @Test
  void help_everyOption_isThereWithItsDefault() {
    String help = parser.help();
    JobOptions.ALL.forEach(option -> assertThat(help).contains("--" + option.key()));
    assertThat(help)
        .contains("--max-queue-delay  (default 20 ms)")
        .contains("--model  (must be given)");
    assertThat(help.lines()).allMatch(line -> line.length() <= 100);
  }
}
