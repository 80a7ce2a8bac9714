package dev.framelabel.bench;

import dev.framelabel.tools.report.Statistics;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * Tables of figures: printed as they come, and written to the report's file after each round, so
 * that a run that is cut off leaves what it had. Tables that the file has of other suites stay.
 */
public final class BenchReport {
  private static final List<String> NOT_PRINTED = List.of("values");

  private final PrintWriter out;
  private final Optional<Path> file;
  private final String machine;
  private final List<Table> tables = new ArrayList<>();

  /**
   * @param machine on which, in words
   * @param file of the JSON report, which may be there; empty: none is written
   * @throws IllegalArgumentException if the file is the report of another machine
   */
  public BenchReport(PrintWriter out, String machine, Optional<Path> file) {
    this.machine = machine;
    this.out = out;
    this.file = file;
    file.filter(Files::exists).ifPresent(this::goOn);
  }

  private void goOn(Path earlier) {
    Report report = Report.read(earlier);
    if (!report.machine().equals(machine)) {
      throw new IllegalArgumentException(
          earlier
              + " is of another machine ("
              + report.machine()
              + "; this is "
              + machine
              + "); expected another --report file: figures of two machines do not compare");
    }
    tables.addAll(report.tables());
  }

  /**
   * Runs a contest and adds its results after each round. The first row is what the others' ratios
   * refer to.
   */
  List<Contest.Result> contest(
      String suite, String title, String unit, String target, Contest contest, int rounds)
      throws Exception {
    List<Contest.Result> results =
        contest.run(
            rounds,
            (round, name, figure) ->
                progress(
                    "%s, %s, %s, %s: %s",
                    suite,
                    title,
                    round == 0 ? "warm-up" : "round " + round + " of " + rounds,
                    name,
                    plain(figure)),
            (round, sofar) -> put(new Table(suite, title, unit, target, round, rows(sofar))));
    print(suite, title, unit, target, rows(results));
    return results;
  }

  private static List<Map<String, Object>> rows(List<Contest.Result> results) {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Contest.Result result : results) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("name", result.name());
      row.put("perSecond", round(result.perSecond()));
      row.put("spread", round(result.spread()));
      row.put("ratio", round(result.ratio()));
      row.put("values", result.values().stream().map(BenchReport::round).toList());
      rows.add(row);
    }
    return rows;
  }

  /** Adds a table whose rows have columns of their own. */
  public void addRows(
      String suite, String title, String unit, String target, List<Map<String, Object>> rows) {
    addRows(new Table(suite, title, unit, target, 0, rows));
  }

  /** As the other; the table says of how many rounds it is. */
  void addRows(Table table) {
    put(table);
    print(table.suite(), table.title(), table.unit(), table.target(), table.rows());
  }

  /** Keeps a table, in the place of one of the same title, without printing it. */
  void put(Table table) {
    int at = 0;
    while (at < tables.size() && !table.replaces(tables.get(at))) {
      at++;
    }
    if (at < tables.size()) {
      tables.set(at, table);
    } else {
      tables.add(table);
    }
    file.ifPresent(new Report(machine, tables)::write);
  }

  /** Says how far it has come. */
  void progress(String format, Object... arguments) {
    out.printf(Locale.ROOT, "  .. " + format + "%n", arguments);
    out.flush();
  }

  private void print(
      String suite, String title, String unit, String target, List<Map<String, Object>> rows) {
    out.printf("%n%s: %s%s%n", suite, title, unit.isEmpty() ? "" : " (" + unit + ")");
    if (!target.isEmpty()) {
      out.println("  target: " + target);
    }
    for (Map<String, Object> row : rows) {
      StringBuilder line = new StringBuilder("  ");
      row.forEach(
          (key, value) -> {
            if (!NOT_PRINTED.contains(key)) {
              line.append(
                  key.equals("name")
                      ? String.format("%-44s", value)
                      : String.format("%s %-12s", key, value));
            }
          });
      out.println(line.toString().stripTrailing());
    }
    out.flush();
  }

  /** To four digits, of what a run measured again and again. */
  static <T> double median(List<T> all, ToDoubleFunction<T> figure) {
    return round(Statistics.median(values(all, figure)));
  }

  /** As {@link #median}: (highest - lowest) / median. */
  static <T> double spread(List<T> all, ToDoubleFunction<T> figure) {
    return round(Statistics.spread(values(all, figure)));
  }

  /** As {@link #median}: the highest. */
  static <T> double most(List<T> all, ToDoubleFunction<T> figure) {
    return round(all.stream().mapToDouble(figure).max().orElseThrow());
  }

  private static <T> double[] values(List<T> all, ToDoubleFunction<T> figure) {
    return all.stream().mapToDouble(figure).toArray();
  }

  /** To four digits. */
  static double round(double value) {
    return Double.parseDouble(String.format(Locale.ROOT, "%.4g", value));
  }

  private static String plain(double value) {
    return String.format(Locale.ROOT, "%.4g", value);
  }
}
