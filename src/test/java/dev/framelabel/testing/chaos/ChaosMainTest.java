package dev.framelabel.testing.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChaosMainTest {
  @Test
  void parse_threeOrFourArguments_areMinutesSeedReportAndVersion() {
    assertThat(ChaosMain.Arguments.parse("4", "7", "report.json"))
        .isEqualTo(new ChaosMain.Arguments(4, 7, Path.of("report.json"), 2));
    assertThat(ChaosMain.Arguments.parse("4", "7", "report.json", "1").transactionVersion())
        .isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "4, found 1 arguments",
    "four 7 report.json, four",
    "4 7 report.json 3, expected 1 or 2",
    "4 7 report.json 2 5, found 5 arguments"
  })
  void parse_anythingElse_isRefused(String arguments, String words) {
    assertThatThrownBy(() -> ChaosMain.Arguments.parse(arguments.split(" ", -1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(words);
  }
}
