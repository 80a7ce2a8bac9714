package dev.framelabel.tools.bench;

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
 * Report that prints each table of figures when it is complete, and writes it to its file after
 * each round: a run that is cut off leaves its last whole round. Tables of other suites stay in the
 * file.
 */
public final class BenchReport {
  private final PrintWriter out;
  private final Optional<Path> file;
  private final Machine machine;
  private final List<Table> tables = new ArrayList<>();

  /**
   * Takes over the tables of the file, if it is there.
   *
   * @param machine that is measured
   * @param file of the JSON report, which may be there; empty: none is written
   * @throws IllegalArgumentException if the file is the report of another machine
   */
  public BenchReport(PrintWriter out, Machine machine, Optional<Path> file) {
    this.machine = machine;
    this.out = out;
    this.file = file;
    file.filter(Files::exists).ifPresent(this::goOn);
  }

  private void goOn(Path earlier) {
    Report report = Report.read(earlier);
    if (!report.machine().equals(machine.description())) {
      throw new IllegalArgumentException(
          ("report %s is of another machine: found '%s', expected '%s'. Figures of two machines do"
                  + " not compare; give another --report file")
              .formatted(earlier, report.machine(), machine.description()));
    }
    tables.addAll(report.tables());
  }

  /**
   * Runs a contest and adds its results after each round. The others' ratios refer to the first
   * row.
   */
  public List<Contest.Result> contest(
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

  /** Adds a table of figures that were taken once, and prints it. */
  public void addRows(
      String suite, String title, String unit, String target, List<Map<String, Object>> rows) {
    addRows(new Table(suite, title, unit, target, 0, rows));
  }

  /** Adds a table and prints it. */
  public void addRows(Table table) {
    put(table);
    print(table.suite(), table.title(), table.unit(), table.target(), table.rows());
  }

  /** Adds a table, or replaces the one with the same title, without printing it. */
  public void put(Table table) {
    int at = 0;
    while (at < tables.size() && !table.replaces(tables.get(at))) {
      at++;
    }
    if (at < tables.size()) {
      tables.set(at, table);
    } else {
      tables.add(table);
    }
    file.ifPresent(new Report(machine.description(), machine.instructionSets(), tables)::write);
  }

  /** Prints a line of progress. */
  public void progress(String format, Object... arguments) {
    out.printf(Locale.ROOT, "  .. " + format + "%n", arguments);
    out.flush();
  }

  private void print(
      String suite, String title, String unit, String target, List<Map<String, Object>> rows) {
    out.printf("%n%s: %s%s%n", suite, title, unit.isEmpty() ? "" : " (" + unit + ")");
    out.println("  machine: " + machine);
    if (!target.isEmpty()) {
      out.println("  target: " + target);
    }
    TextTable.lines(rows).forEach(line -> out.println("  " + line));
    out.flush();
  }

  /** Returns the median of a figure, to four digits. */
  public static <T> double median(List<T> all, ToDoubleFunction<T> figure) {
    return round(Statistics.median(values(all, figure)));
  }

  /** Returns (highest - lowest) / median of a figure, to four digits. */
  public static <T> double spread(List<T> all, ToDoubleFunction<T> figure) {
    return round(Statistics.spread(values(all, figure)));
  }

  private static <T> double[] values(List<T> all, ToDoubleFunction<T> figure) {
    return all.stream().mapToDouble(figure).toArray();
  }

  /** Rounds to four digits. */
  public static double round(double value) {
    return Double.parseDouble(String.format(Locale.ROOT, "%.4g", value));
  }

  private static String plain(double value) {
    return String.format(Locale.ROOT, "%.4g", value);
  }
}
