package dev.framelabel.bench.docs;

import dev.framelabel.tools.bench.Table;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;

/** Tables of a report as Markdown. */
final class Markdown {
  private static final Set<String> LEFT_OUT = Set.of("values", "name");

  private static final String ITS_SPREAD = "its spread";

  private static final Map<String, String> HEADINGS =
      Map.ofEntries(
          Map.entry("meanBatch", "mean batch"),
          Map.entry("p50", "wait p50, ms"),
          Map.entry("p99", "wait p99, ms"),
          Map.entry("p99Spread", ITS_SPREAD),
          Map.entry("p50Spread", ITS_SPREAD),
          Map.entry("meanBatchSpread", ITS_SPREAD),
          Map.entry("mostHeldBack", "at most"),
          Map.entry("firstSpread", ITS_SPREAD),
          Map.entry("lastSpread", ITS_SPREAD),
          Map.entry("heldBack", "callers held back"),
          Map.entry("frameKilobytes", "frame, kB"),
          Map.entry("stateMegabytes", "state, MB"),
          Map.entry("medianMillis", "duration, ms (median)"),
          Map.entry("longestMillis", "longest, ms"),
          Map.entry("framesPerSecond", "frames/s"),
          Map.entry("heapUsed", "heap in use"),
          Map.entry("heap", "heap taken"),
          Map.entry("nonHeap", "classes and code"),
          Map.entry("direct", "direct buffers"),
          Map.entry("rest", "native rest"),
          Map.entry("busyMillis", "task busy at the end, ms/s"),
          Map.entry("inFlight", "frames in a task, at most"),
          Map.entry("waitingFrames", "waiting in Kafka at the end"),
          Map.entry("largeSpread", ITS_SPREAD),
          Map.entry("stateSpread", ITS_SPREAD),
          Map.entry("durationSpread", ITS_SPREAD),
          Map.entry("deviceAllows", "the device allows"));

  private Markdown() {}

  /** A heading, the target, and the rows. */
  static String section(Table table) {
    StringBuilder text = new StringBuilder("**").append(table.title()).append("**");
    StringJoiner facts = new StringJoiner(", ", " (", ")").setEmptyValue("");
    if (!table.unit().isEmpty()
        && table.rows().stream().noneMatch(r -> r.containsKey("perSecond"))) {
      facts.add(table.unit());
    }
    if (table.rounds() > 0) {
      facts.add(table.rounds() == 1 ? "one round" : "median of " + table.rounds() + " rounds");
    }
    text.append(facts).append("\n\n");
    if (!table.target().isEmpty()) {
      text.append("Aim: ").append(table.target()).append(".\n\n");
    }
    return text.append(rows(List.of(table))).toString();
  }

  /** The rows of tables with the same columns, as one. */
  static String rows(List<Table> tables) {
    Set<String> columns = new LinkedHashSet<>();
    tables.forEach(table -> table.rows().forEach(row -> columns.addAll(row.keySet())));
    columns.removeAll(LEFT_OUT);
    StringBuilder text = new StringBuilder("| |");
    columns.forEach(
        key -> text.append(' ').append(heading(key, tables.get(0).unit())).append(" |"));
    text.append("\n|---|").append("---|".repeat(columns.size())).append('\n');
    for (Table table : tables) {
      for (Map<String, Object> row : table.rows()) {
        text.append("| ").append(row.get("name")).append(" |");
        columns.forEach(
            key ->
                text.append(' ')
                    .append(row.containsKey(key) ? Figures.of(row.get(key)) : "-")
                    .append(" |"));
        text.append('\n');
      }
    }
    return text.toString();
  }

  private static String heading(String key, String unit) {
    if (key.equals("perSecond")) {
      return unit;
    }
    return HEADINGS.getOrDefault(
        key, key.replaceAll("([a-z])([A-Z])", "$1 $2").toLowerCase(Locale.ROOT));
  }
}
