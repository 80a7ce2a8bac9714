package dev.framelabel.bench.docs;

import dev.framelabel.tools.bench.Report;
import dev.framelabel.tools.bench.Table;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The generated parts of the pages by name: {@code machine}, {@code targets}, {@code ratios}, or a
 * suite with, after a colon, what its tables' titles begin with.
 */
final class Sections {
  private final Report report;

  Sections(Report report) {
    this.report = report;
  }

  /**
   * @throws IllegalArgumentException if the report has nothing for this part
   */
  String of(String name) {
    return switch (name) {
      case "machine" -> report.machine() + ".\n";
      case "targets" -> targets(Targets.of(report));
      case "ratios" -> ratios();
      default -> tables(name);
    };
  }

  private String tables(String name) {
    int colon = name.indexOf(':');
    String suite = colon < 0 ? name : name.substring(0, colon);
    String title = colon < 0 ? "" : name.substring(colon + 1);
    List<Table> tables =
        report.of(suite).stream().filter(table -> table.title().startsWith(title)).toList();
    if (tables.isEmpty()) {
      throw new IllegalArgumentException(
          "the report has no table for '" + name + "'; expected that suite to have been run");
    }
    return tables.stream().map(Markdown::section).collect(Collectors.joining("\n"));
  }

  private static String targets(List<Target> targets) {
    StringBuilder text = new StringBuilder("| figure | aim | measured | |\n|---|---|---|---|\n");
    for (Target target : targets) {
      text.append(
          String.format(
              "| %s | %s | %s | %s |%n",
              target.what(), target.promised(), target.reached(), target.verdict()));
    }
    return text.toString();
  }

  /** For the README: what Framelabel is compared with, and how it stands. */
  private String ratios() {
    StringBuilder text = new StringBuilder("| | frames/s | to the first |\n|---|---|---|\n");
    for (Table table : Picture.tables(report)) {
      text.append(String.format("| **%s** | | |%n", table.title()));
      table
          .rows()
          .forEach(
              row ->
                  text.append(
                      String.format(
                          "| %s | %s | %s |%n",
                          row.get("name"),
                          Figures.of(row.get("perSecond")),
                          Figures.ratio(((Number) row.get("ratio")).doubleValue()))));
    }
    return text.append("\nMeasured on ").append(report.machine()).append(".\n").toString();
  }
}
