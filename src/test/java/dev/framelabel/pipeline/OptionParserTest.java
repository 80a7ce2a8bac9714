package dev.framelabel.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class OptionParserTest {
  private final OptionParser parser = new OptionParser(JobOptions.ALL);

  @Test
  void parse_values_areTyped() {
    OptionParser.Parsed parsed =
        parser.parse(
            "--model",
            "m.onnx",
            "--batch-size=8",
            "--max-delay",
            "50 ms",
            "-Dparallelism.default=4");
    assertThat(parsed.job().get(JobOptions.MODEL)).isEqualTo("m.onnx");
    assertThat(parsed.job().get(JobOptions.BATCH_SIZE)).isEqualTo(8);
    assertThat(parsed.job().get(JobOptions.MAX_DELAY)).isEqualTo("50 ms");
    assertThat(parsed.flink().toMap()).containsEntry("parallelism.default", "4");
    assertThat(parsed.help()).isFalse();
  }

  @Test
  void parse_switch_needsNoValue() {
    OptionParser.Parsed parsed = parser.parse("--session-spinning", "--model", "m");
    assertThat(parsed.job().get(JobOptions.SESSION_SPINNING)).isTrue();
    assertThat(parsed.job().get(JobOptions.MODEL)).isEqualTo("m");
  }

  @Test
  void parse_unknownOption_namesTheNearest() {
    assertThatThrownBy(() -> parser.parse("--batchsize", "8"))
        .hasMessageContaining("option --batchsize is not known; the nearest is --batch-size");
  }

  @Test
  void parse_valueThatDoesNotFit_saysWhich() {
    assertThatThrownBy(() -> parser.parse("--batch-size", "many"))
        .hasMessageContaining("--batch-size is 'many', which does not fit");
    assertThatThrownBy(() -> parser.parse("--batch-size"))
        .hasMessage("--batch-size is given without a value");
    assertThatThrownBy(() -> parser.parse("batch-size", "8")).hasMessageContaining("is no option");
    assertThatThrownBy(() -> parser.parse("-Dnothing"))
        .hasMessageContaining("expected -Dkey=value");
  }

  @Test
  void help_everyOption_isThereWithItsDefault() {
    String help = parser.help();
    JobOptions.ALL.forEach(option -> assertThat(help).contains("--" + option.key()));
    assertThat(help).contains("--max-delay  (default 20 ms)").contains("--model  (must be given)");
    assertThat(help.lines()).allMatch(line -> line.length() <= 100);
  }
}
