package dev.framelabel.tools.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
}
