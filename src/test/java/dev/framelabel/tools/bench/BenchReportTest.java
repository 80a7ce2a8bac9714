package dev.framelabel.tools.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchReportTest {
  private static final Machine MACHINE = new Machine("this one", List.of("avx2", "amx_bf16"));

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
    Table table = Report.read(file).tables().get(0);
    assertThat(table.rounds()).isEqualTo(2);
    assertThat(table.rows().get(1)).containsEntry("name", "two").containsEntry("ratio", 0.5);
  }

  @Test
  void report_ofEarlierSuites_staysAndIsReplacedByTitle() {
    Path file = folder.resolve("report.json");
    report(file).addRows("a", "t", "", "", List.of(Map.of("name", "x", "value", 1)));
    report(file).addRows("b", "t", "", "", List.of(Map.of("name", "x", "value", 2)));
    report(file).addRows("a", "t", "", "", List.of(Map.of("name", "x", "value", 3)));
    Report written = Report.read(file);
    assertThat(written.tables()).extracting(Table::suite).containsExactly("a", "b");
    assertThat(written.tables().get(0).rows().get(0)).containsEntry("value", 3);
  }

  @Test
  void report_ofAnotherMachine_isRefused() {
    Path file = folder.resolve("report.json");
    new Report("another", List.of("avx2"), List.of()).write(file);
    assertThatThrownBy(() -> report(file))
        .hasMessageContaining("is of another machine: found 'another', expected 'this one'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "null", "[]", "{}", "{\"machine\":\"m\"}", "7", "not JSON", "{\"a\": 1}"})
  void read_emptyOrForeignFile_saysSo(String content) throws Exception {
    Path file = Files.writeString(folder.resolve("foreign.json"), content);
    assertThatThrownBy(() -> report(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            file
                + " is not a report of 'framelabel bench': found "
                + (content.isEmpty() ? "an empty file" : "other content")
                + "; expected JSON with machine and tables."
                + " Give another --report file, or delete this one");
  }

  @Test
  void report_hasTheInstructionSets() {
    Path file = folder.resolve("report.json");
    report(file).addRows("a", "t", "", "", List.of(Map.of("name", "x", "value", 1)));
    assertThat(Report.read(file).instructionSets()).containsExactly("avx2", "amx_bf16");
  }

  @Test
  void read_reportWithoutInstructionSets_saysUnknown() throws Exception {
    Path file = Files.writeString(folder.resolve("old.json"), "{\"machine\":\"m\",\"tables\":[]}");
    assertThat(Report.read(file).instructionSets()).containsExactly("unknown");
  }

  @Test
  void addRows_longNamesAndFigures_standInAlignedColumnsBelowTheMachine() {
    StringWriter out = new StringWriter();
    Map<String, Object> first = new LinkedHashMap<>();
    first.put("name", "bare loop: decode and model, no Kafka or Flink");
    first.put("perSecond", 735.8);
    first.put("spread", 0.0413);
    first.put("values", List.of(735.8));
    Map<String, Object> second = new LinkedHashMap<>();
    second.put("name", "Framelabel");
    second.put("perSecond", 12_345.67);
    second.put("best", "batches of 8");
    new BenchReport(new PrintWriter(out), MACHINE, Optional.empty())
        .addRows("pipeline", "demo model", "committed frames/s", "0.80", List.of(first, second));
    assertThat(out.toString().lines())
        .containsExactly(
            "",
            "pipeline: demo model (committed frames/s)",
            "  machine: this one; instruction sets: avx2 amx_bf16",
            "  target: 0.80",
            "                                                  perSecond  spread  best",
            "  bare loop: decode and model, no Kafka or Flink      735.8  0.0413  -",
            "  Framelabel                                       12345.67       -  batches of 8");
  }

  private static BenchReport report(Path file) {
    return new BenchReport(new PrintWriter(Writer.nullWriter()), MACHINE, Optional.of(file));
  }
}
