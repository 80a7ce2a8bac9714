package dev.framelabel.tools.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One table of the report.
 *
 * @param unit of {@code perSecond}
 * @param target what the product promises of a figure in this table, in words; empty without one
 * @param rounds that each figure is the median of; 0 where it was taken once
 */
public record Table(
    String suite,
    String title,
    String unit,
    String target,
    int rounds,
    List<Map<String, Object>> rows) {
  public Table {
    List<Map<String, Object>> copies = new ArrayList<>();
    rows.forEach(row -> copies.add(new LinkedHashMap<>(row)));
    rows = copies;
  }

  /** Returns whether the other is this table, measured at another time. */
  boolean replaces(Table other) {
    return suite.equals(other.suite) && title.equals(other.title);
  }

  /** Returns the row whose name begins so. */
  public Optional<Map<String, Object>> row(String name) {
    return rows.stream().filter(row -> row.get("name").toString().startsWith(name)).findFirst();
  }

  /** Returns a number of the row whose name begins so. */
  public Optional<Double> number(String name, String column) {
    return row(name)
        .map(row -> row.get(column))
        .filter(Number.class::isInstance)
        .map(value -> ((Number) value).doubleValue());
  }
}
