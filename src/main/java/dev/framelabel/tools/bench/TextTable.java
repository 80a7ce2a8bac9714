package dev.framelabel.tools.bench;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Rows of figures as lines of text, with columns as wide as what stands in them. */
final class TextTable {
  private static final String NAME = "name";
  private static final String MISSING = "-";
  private static final Set<String> NOT_PRINTED = Set.of("values");
  private static final String GAP = "  ";

  private final List<String> columns;
  private final List<Map<String, Object>> rows;

  private TextTable(List<Map<String, Object>> rows) {
    Set<String> all = new LinkedHashSet<>();
    rows.forEach(row -> all.addAll(row.keySet()));
    all.removeAll(NOT_PRINTED);
    this.columns = List.copyOf(all);
    this.rows = rows;
  }

  /** Returns a line of column names and one line for each row. Names stand left, figures right. */
  static List<String> lines(List<Map<String, Object>> rows) {
    TextTable table = new TextTable(rows);
    List<StringBuilder> lines = new ArrayList<>();
    for (int line = 0; line <= rows.size(); line++) {
      lines.add(new StringBuilder());
    }
    for (String column : table.columns) {
      table.append(column, lines);
    }
    return lines.stream().map(line -> line.toString().stripTrailing()).toList();
  }

  private void append(String column, List<StringBuilder> lines) {
    List<String> cells = new ArrayList<>();
    cells.add(column.equals(NAME) ? "" : column);
    rows.forEach(row -> cells.add(row.containsKey(column) ? row.get(column).toString() : MISSING));
    int width = cells.stream().mapToInt(String::length).max().orElseThrow();
    boolean left = rows.stream().anyMatch(row -> row.get(column) instanceof String);
    for (int line = 0; line < cells.size(); line++) {
      String cell = cells.get(line);
      String padding = " ".repeat(width - cell.length());
      lines
          .get(line)
          .append(lines.get(line).isEmpty() ? "" : GAP)
          .append(left ? cell + padding : padding + cell);
    }
  }
}
