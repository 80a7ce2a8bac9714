package dev.framelabel.bench.docs;

import dev.framelabel.tools.bench.Report;
import dev.framelabel.tools.bench.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The report's first figures as bars, in SVG that is read on light and on dark pages. */
final class Picture {
  private static final int WIDTH = 760;
  private static final int NAME_WIDTH = 280;
  private static final int ROW = 24;
  private static final int GROUP_GAP = 40;
  private static final String STYLE =
      """
        <style>
          text { font: 13px sans-serif; fill: #1f2328 }
          .title { font-weight: bold }
          .small { font-size: 12px; fill: #59636e }
          .ours { fill: #1a7f37 }
          .other { fill: #8c959f }
          @media (prefers-color-scheme: dark) {
            text { fill: #f0f6fc }
            .small { fill: #9198a1 }
            .ours { fill: #3fb950 }
            .other { fill: #656c76 }
          }
        </style>
      """;

  private final StringBuilder body = new StringBuilder();
  private int y = 8;

  private Picture() {}

  /** A bar for each row of the tables in which Framelabel stands beside others. */
  static String of(Report report) {
    Picture picture = new Picture();
    for (Table table : tables(report)) {
      picture.group(table);
    }
    picture.y += 24;
    picture.text(0, "small", report.machine());
    picture.y += 12;
    return String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\""
                + " aria-label=\"Frames a second of Framelabel and of others\">%n",
            WIDTH,
            picture.y)
        + STYLE
        + picture.body
        + "</svg>\n";
  }

  static List<Table> tables(Report report) {
    List<Table> tables = new ArrayList<>();
    for (Table table : report.of("pipeline")) {
      boolean compares = table.rows().stream().allMatch(row -> row.containsKey("ratio"));
      boolean alone = table.title().contains("JPEG to ");
      if (compares && !alone) {
        tables.add(table);
      }
    }
    return tables;
  }

  private void group(Table table) {
    y += 16;
    text(0, "title", table.title() + " (" + table.unit() + ")");
    y += 10;
    double longest =
        table.rows().stream().mapToDouble(row -> number(row, "perSecond")).max().orElseThrow();
    for (Map<String, Object> row : table.rows()) {
      bar(row, longest);
    }
    y += GROUP_GAP - ROW;
  }

  private void bar(Map<String, Object> row, double longest) {
    String name = row.get("name").toString();
    double perSecond = number(row, "perSecond");
    double width = (WIDTH - NAME_WIDTH - 130) * perSecond / longest;
    body.append(
        String.format(
            Locale.ROOT,
            "  <rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"16\" rx=\"2\"/>%n",
            name.startsWith("Framelabel") ? "ours" : "other",
            NAME_WIDTH,
            y,
            width));
    y += 13;
    text(0, "", name.replace(": decode and model, no Kafka or Flink", ""));
    text(
        NAME_WIDTH + (int) width + 6,
        "",
        Figures.plain(perSecond) + " (" + Figures.ratio(number(row, "ratio")) + ")");
    y += ROW - 13;
  }

  private void text(int x, String style, String text) {
    body.append(
        String.format(
            Locale.ROOT,
            "  <text%s x=\"%d\" y=\"%d\">%s</text>%n",
            style.isEmpty() ? "" : " class=\"" + style + "\"",
            x,
            y,
            text.replace("&", "&amp;").replace("<", "&lt;")));
  }

  private static double number(Map<String, Object> row, String column) {
    return ((Number) row.get(column)).doubleValue();
  }
}
