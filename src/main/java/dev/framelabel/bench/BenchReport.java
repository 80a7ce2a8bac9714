package dev.framelabel.bench;

import dev.framelabel.report.Json;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Tables of figures: printed as they come, kept for the JSON report. */
public final class BenchReport {
  private final PrintWriter out;
  private final List<Table> tables = new ArrayList<>();

  /**
   * One table of the report.
   *
   * @param unit of {@code perSecond}
   * @param target what the product promises of a figure in this table, in words; empty without one
   */
  public record Table(
      String suite, String title, String unit, String target, List<Map<String, Object>> rows) {}

  public BenchReport(PrintWriter out) {
    this.out = out;
  }

  /** Adds a contest's results. The first row is what the others' ratios refer to. */
  public void add(
      String suite, String title, String unit, String target, List<Contest.Result> results) {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Contest.Result result : results) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("name", result.name());
      row.put("perSecond", round(result.perSecond()));
      row.put("spread", round(result.spread()));
      row.put("ratio", round(result.ratio()));
      rows.add(row);
    }
    addRows(suite, title, unit, target, rows);
  }

  /** Adds a table whose rows have columns of their own. */
  public void addRows(
      String suite, String title, String unit, String target, List<Map<String, Object>> rows) {
    tables.add(new Table(suite, title, unit, target, rows));
    out.printf("%n%s: %s%s%n", suite, title, unit.isEmpty() ? "" : " (" + unit + ")");
    if (!target.isEmpty()) {
      out.println("  target: " + target);
    }
    for (Map<String, Object> row : rows) {
      StringBuilder line = new StringBuilder("  ");
      row.forEach(
          (key, value) ->
              line.append(
                  key.equals("name")
                      ? String.format("%-44s", value)
                      : String.format("%s %-12s", key, value)));
      out.println(line.toString().stripTrailing());
    }
    out.flush();
  }

  static double round(double value) {
    return Double.parseDouble(String.format(Locale.ROOT, "%.4g", value));
  }

  /** Writes everything as JSON, with the machine that it was measured on. */
  public void write(Path file) throws Exception {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("machine", machine());
    report.put("tables", tables);
    Files.writeString(file, Json.indented(report) + System.lineSeparator());
  }

  /** The processor, its cores and the Java version, in words. */
  public static String machine() throws Exception {
    String processor = System.getProperty("os.arch");
    Path cpus = Path.of("/proc/cpuinfo");
    if (Files.isReadable(cpus)) {
      try (Stream<String> lines = Files.lines(cpus)) {
        processor =
            lines
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(processor);
      }
    }
    return processor
        + ", "
        + Runtime.getRuntime().availableProcessors()
        + " cores, "
        + System.getProperty("os.name")
        + ", Java "
        + System.getProperty("java.version");
  }
}
