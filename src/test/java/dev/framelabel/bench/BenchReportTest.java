package dev.framelabel.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchReportTest {
  @TempDir Path folder;

  @Test
  void contest_writesTheReportAfterEachRound() throws Exception {
    Path file = folder.resolve("report.json");
    int[] runs = {0};
    Contest contest =
        new Contest()
            .enter("one", () -> 100)
            .enter(
                "two",
                () -> {
                  if (runs[0]++ == 3) {
                    throw new IllegalStateException("cut off");
                  }
                  return 50;
                });
    assertThatThrownBy(() -> report(file).contest("suite", "title", "1/s", "", contest, 5))
        .hasMessage("cut off");
    Table table = Report.read(file).table("suite", "title").orElseThrow();
    assertThat(table.rounds()).isEqualTo(2);
    assertThat(table.number("two", "ratio")).hasValue(0.5);
  }

  @Test
  void report_ofEarlierSuites_staysAndIsReplacedByTitle() {
    Path file = folder.resolve("report.json");
    report(file).addRows("a", "t", "", "", List.of(Map.of("name", "x", "value", 1)));
    report(file).addRows("b", "t", "", "", List.of(Map.of("name", "x", "value", 2)));
    report(file).addRows("a", "t", "", "", List.of(Map.of("name", "x", "value", 3)));
    Report written = Report.read(file);
    assertThat(written.tables()).extracting(Table::suite).containsExactly("a", "b");
    assertThat(written.table("a", "t").orElseThrow().number("x", "value")).hasValue(3.0);
  }

  @Test
  void report_ofAnotherMachine_isRefused() {
    Path file = folder.resolve("report.json");
    new Report("another", List.of()).write(file);
    assertThatThrownBy(() -> report(file))
        .hasMessageContaining("is of another machine (another; this is this one)");
  }

  private static BenchReport report(Path file) {
    return new BenchReport(new PrintWriter(Writer.nullWriter()), "this one", Optional.of(file));
  }
}
