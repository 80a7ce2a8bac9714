package dev.framelabel.bench.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.framelabel.tools.bench.Report;
import dev.framelabel.tools.bench.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The figures on the pages are those of docs/project/benchmark.json: nobody types them. */
class DocumentsTest {
  private static final Report REPORT =
      new Report(
          "a machine",
          List.of("avx2"),
          List.of(
              new Table(
                  "pipeline",
                  "demo model, 640 x 480 JPEG",
                  "committed frames/s",
                  "Framelabel at least 0.80 of the bare loop",
                  5,
                  List.of(
                      Map.of("name", "bare loop", "perSecond", 600.0, "ratio", 1.0),
                      Map.of("name", "Framelabel", "perSecond", 450.0, "ratio", 0.75)))));

  @Test
  void pagesAndPicture_areWhatTheReportSays() throws IOException {
    for (Map.Entry<Path, String> page : new Documents(Path.of("")).rendered().entrySet()) {
      assertThat(Files.readString(page.getKey()))
          .as(page.getKey() + "; '.ci/bench --render' writes it")
          .isEqualTo(page.getValue());
    }
  }

  @Test
  void fill_leavesTheTextBetweenItsParts() {
    String page = "# A\n<!-- figures: machine -->\nold\n<!-- end of figures -->\nB\n";
    assertThat(Documents.fill(page, new Sections(REPORT)))
        .isEqualTo("# A\n<!-- figures: machine -->\n\na machine.\n\n<!-- end of figures -->\nB\n");
  }

  @Test
  void fill_partThatTheReportLacks_isRefused() {
    assertThatThrownBy(() -> new Sections(REPORT).of("memory"))
        .hasMessageContaining("the report has no table for 'memory'");
  }

  /** An earlier version measured them; pages may still show them. */
  @Test
  void fill_tableOfColumnsThatNobodyMeasures_isRendered() {
    Table table =
        new Table("pipeline", "cores", "cores", "", 5, List.of(Map.of("name", "x", "JOB", 0.25)));
    Report report = new Report("a machine", null, List.of(table));
    assertThat(new Sections(report).of("pipeline:cores")).contains("| x | 0.25 |");
  }

  @Test
  void targets_missedOne_saysByHowMuch() {
    assertThat(Targets.of(REPORT))
        .singleElement()
        .satisfies(
            target -> {
              assertThat(target.met()).isFalse();
              assertThat(target.verdict()).isEqualTo("missed by 6.3 %");
            });
  }

  @Test
  void picture_hasABarForEachContestant() {
    assertThat(Picture.of(REPORT)).contains("450 (0.75)", "600 (1.00)", "a machine");
  }
}
