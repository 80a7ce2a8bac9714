package dev.framelabel.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobArgumentsTest {
  @Test
  void parse_values_areTyped() {
    JobArguments parsed =
        JobArguments.parse(
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
    JobArguments parsed = JobArguments.parse("--intra-op-spinning", "--model", "m");
    assertThat(parsed.job().get(JobOptions.INTRA_OP_SPINNING)).isTrue();
    assertThat(parsed.job().get(JobOptions.MODEL)).isEqualTo("m");
  }

  @Test
  void parse_unknownOption_namesTheNearest() {
    assertThatThrownBy(() -> JobArguments.parse("--batchsize", "8"))
        .hasMessageContaining("option --batchsize is not known; the nearest is --max-batch-size");
  }

  @Test
  void parse_invalidValue_namesFoundAndExpected() {
    assertRefused(
        "--max-batch-size is 'many'; expected a whole number, 1 or more",
        "--max-batch-size",
        "many");
    assertRefused(
        "--max-batch-size has no value; expected a whole number, 1 or more", "--max-batch-size");
    assertRefused(
        "--delivery is 'once'; expected exactly-once or at-least-once", "--delivery=once");
    assertRefused("--bounded is 'yes'; expected true or false", "--bounded=yes");
    assertRefused(
        "--latency-target is 'soon'; expected a duration such as '20 ms' or '4 h', more than 0",
        "--latency-target=soon");
    assertRefused(
        "--cuda-memory is 'big'; expected a size such as '256 mb'; 0: no limit",
        "--cuda-memory=big");
    assertRefused(
        "argument 'max-batch-size' is no option; expected --key value, or -Dkey=value",
        "max-batch-size",
        "8");
    assertRefused("'-Dnothing' is no setting; expected -Dkey=value", "-Dnothing");
  }

  @Test
  void parse_configFile_argumentsOverrideItsJobSectionOverItsTop(@TempDir Path folder)
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
    JobArguments parsed =
        JobArguments.parse("--max-queue-delay=30 ms", "-Dparallelism.default=5", "--config", file);
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
    assertThat(JobArguments.parse("--config=" + file).job().get(JobOptions.MAX_QUEUE_DELAY))
        .isEqualTo("50 ms");
  }

  @Test
  void parse_configFileThatIsWrong_namesFileAndKey(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("framelabel.yaml");
    String[] arguments = {"--config", file.toString()};
    assertRefused("config file " + file + " cannot be read", arguments);
    Files.writeString(file, "job:\n  batchsize: 4\n");
    assertRefused(
        "config file "
            + file
            + ": option --batchsize is not known; the nearest is --max-batch-size",
        arguments);
    Files.writeString(file, "job:\n  max-batch-size: many\n");
    assertRefused("config file " + file + ": --max-batch-size is 'many'; expected", arguments);
    assertRefused("--config has no value; expected a file", "--config");
  }

  @Test
  void parse_filesOfWindows_areReadAndLatin1IsRefusedWithItsLine(@TempDir Path folder)
      throws Exception {
    String login = "# TLS\r\nssl.key.password=gr\u00FCn\r\n";
    Path kafka =
        Files.writeString(folder.resolve("kafka"), "\uFEFFsecurity.protocol=SSL\r\n" + login);
    String yaml = "top-k: 3\r\njob:\r\n  group-id: T\u00FCr\r\n";
    Path config = Files.writeString(folder.resolve("config"), "\uFEFF" + yaml);
    String[] arguments = {"--config", config.toString(), "--kafka-properties=" + kafka};
    Configuration job = JobArguments.parse(arguments).job();
    assertThat(job.toMap()).containsEntry("top-k", "3").containsEntry("group-id", "T\u00FCr");
    assertThat(new KafkaOptions(job).client())
        .containsEntry("security.protocol", "SSL")
        .containsEntry("ssl.key.password", "gr\u00FCn");

    Files.write(kafka, login.getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> new KafkaOptions(job).client())
        .hasMessageContaining(kafka + ", line 2: found byte FC")
        .hasMessageNotContaining("gr");
    Files.write(config, yaml.getBytes(StandardCharsets.ISO_8859_1));
    assertRefused(config + ", line 3: found byte FC", arguments);
  }

  @Test
  void helpText_everyOption_isThereWithLabelAndDefault() {
    String help = JobArguments.helpText();
    for (Option<?> option : Options.ALL) {
      assertThat(help).containsPattern("--" + option.name() + "(\\[=true\\|false]|=\\S+)\n");
    }
    assertThat(help)
        .contains("--max-batch-size=N\n    Maximum number of frames in a batch. Default: 16.")
        .contains("--model=FILE\n")
        .contains("Required.");
    assertThat(help.lines()).allMatch(line -> line.length() <= 100);
  }

  private static void assertRefused(String message, String... arguments) {
    assertThatThrownBy(() -> JobArguments.parse(arguments)).hasMessageStartingWith(message);
  }
}
