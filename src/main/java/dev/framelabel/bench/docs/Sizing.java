package dev.framelabel.bench.docs;

import dev.framelabel.bench.Report;
import dev.framelabel.bench.Table;
import dev.framelabel.model.SimulatedLabelModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** What a machine needs beside its accelerators, reckoned from what a frame costs. */
final class Sizing {
  static final String COST = "cores for 1,000 frames/s: ";

  /** The step that the simulated accelerator of the benchmark takes. */
  private static final Path DEVICE = Path.of("simulated:299:10:2000:120");

  private static final int BATCH = 16;
  private static final int[] DEVICES = {1, 4, 8};

  private final Report report;

  Sizing(Report report) {
    this.report = report;
  }

  /** What was measured, one row for each kind of frame. */
  String measured() {
    return Markdown.rows(costs());
  }

  private List<Table> costs() {
    List<Table> costs =
        report.of("pipeline").stream()
            .filter(table -> table.title().startsWith(COST + "simulated"))
            .toList();
    if (costs.isEmpty()) {
      throw new IllegalArgumentException(
          "the report has no cores for 1,000 frames/s; expected the pipeline suite's part accelerator");
    }
    return costs;
  }

  /** What follows for more accelerators, if cores do alike. */
  String extrapolated() {
    double each = SimulatedLabelModel.parse(DEVICE).capacity(BATCH);
    StringBuilder text = new StringBuilder("| |");
    for (int devices : DEVICES) {
      text.append(
          String.format(
              Locale.ROOT,
              " %d GPU%s: %s frames/s |",
              devices,
              devices == 1 ? "" : "s",
              Figures.plain(devices * each)));
    }
    text.append("\n|---|").append("---|".repeat(DEVICES.length)).append('\n');
    for (Table table : costs()) {
      double cores = table.number("", "job").orElseThrow();
      text.append("| ").append(table.title().substring(COST.length())).append(" |");
      for (int devices : DEVICES) {
        text.append(' ').append(cores(cores * devices * each / 1000)).append(" |");
      }
      text.append('\n');
    }
    return text.toString();
  }

  private static String cores(double cores) {
    return String.format(Locale.ROOT, "%.0f cores", Math.max(1, Math.ceil(cores)));
  }
}
