package dev.framelabel.bench.docs;

import dev.framelabel.tools.bench.Report;
import dev.framelabel.tools.bench.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What the product promises of its figures, and whether a report keeps it. */
final class Targets {
  private static final String OURS = "Framelabel";
  private static final String RATIO = "ratio";

  private final Report report;
  private final List<Target> targets = new ArrayList<>();

  private Targets(Report report) {
    this.report = report;
  }

  /** Of all figures that the report has. */
  static List<Target> of(Report report) {
    Targets targets = new Targets(report);
    targets.pipeline();
    targets.baselines();
    targets.decoding();
    targets.batching();
    targets.checkpoints();
    targets.memory();
    targets.allocation();
    targets.threads();
    return List.copyOf(targets.targets);
  }

  private void atLeast(String what, Optional<Double> measured, double bound) {
    measured.ifPresent(figure -> targets.add(new Target(what, figure, "", bound, true)));
  }

  private void atMost(String what, Optional<Double> measured, String unit, double bound) {
    measured.ifPresent(figure -> targets.add(new Target(what, figure, unit, bound, false)));
  }

  private Optional<Double> number(String suite, String title, String row, String column) {
    return table(suite, title).flatMap(table -> number(table, row, column));
  }

  private void pipeline() {
    String[][] titles = {
      {"demo model, 640 x 480 JPEG", "0.80"},
      {"demo model, 1280 x 720 JPEG", "0.80"},
      {"full Xception 299 x 299, 640 x 480 JPEG", "0.95"},
      {"full Xception 299 x 299, 1280 x 720 JPEG", "0.95"}
    };
    for (String[] title : titles) {
      atLeast(
          "of the bare loop, " + title[0],
          exact("pipeline", title[0]).flatMap(table -> number(table, OURS, RATIO)),
          Double.parseDouble(title[1]));
    }
    atLeast(
        "of what the simulated accelerator allows, raw RGB",
        number("pipeline", "share of what", OURS, "share"),
        0.90);
  }

  private Optional<Table> exact(String suite, String title) {
    return report.of(suite).stream().filter(table -> table.title().equals(title)).findFirst();
  }

  private void baselines() {
    for (Table table : report.of("pipeline")) {
      if (table.title().endsWith("against what people write today")) {
        double bound = table.title().startsWith("simulated") ? 4 : 1;
        for (Map<String, Object> row : table.rows().subList(1, table.rows().size())) {
          double ratio = ((Number) row.get(RATIO)).doubleValue();
          String what = "times as fast as " + row.get("name");
          atLeast(what + ", " + before(table.title()), Optional.of(1 / ratio), bound);
        }
      }
    }
  }

  private static String before(String title) {
    return title.substring(0, title.indexOf(", against"));
  }

  private void decoding() {
    for (Table table : report.of("decode")) {
      String title = table.title();
      if (title.contains(" JPEG to ")) {
        double bound = title.startsWith("640") ? 3 : 4;
        atLeast("times ImageIO, " + title, best(table), bound);
      } else if (title.startsWith("scaled decoding of ")) {
        String what = title.substring("scaled decoding of ".length());
        atLeast("of libjpeg-turbo's own scaled decoding, " + what, best(table), 0.80);
      } else if (title.startsWith("labels of ")) {
        atLeast("% of labels that agree with full decoding", lowest(table, "agree"), 99.5);
      }
    }
  }

  /** Of the decoders that a job may take, the better one. */
  private static Optional<Double> best(Table table) {
    return table.rows().stream()
        .filter(row -> row.get("name").toString().startsWith(OURS))
        .map(row -> ((Number) row.get(RATIO)).doubleValue())
        .max(Double::compare);
  }

  private static Optional<Double> lowest(Table table, String column) {
    return table.rows().stream()
        .map(row -> ((Number) row.get(column)).doubleValue())
        .min(Double::compare);
  }

  private void batching() {
    // The delay of the suite, 5 ms, and one full step, 3.92 ms.
    atMost(
        "wait at half the device's load, p99",
        number("batch", "batches of at most", "load 0.5", "p99"),
        " ms",
        8.92);
    atLeast(
        "mean batch at 1.5 of the device's load, of 16",
        number("batch", "batches of at most", "load 1.5", "meanBatch"),
        15.5);
    for (Table table : report.of("batch")) {
      if (table.title().startsWith("max-queue-delay auto")) {
        atLeast(table.title() + ", of the best fixed setting", number(table, "auto", RATIO), 0.90);
      }
    }
  }

  private void checkpoints() {
    for (String delivery : List.of("at-least-once", "exactly-once")) {
      atLeast(
          "of the throughput without checkpoints, " + delivery,
          number("checkpoints", "throughput", "a checkpoint a second, " + delivery, RATIO),
          0.95);
    }
  }

  private void memory() {
    for (Table table : report.of("memory")) {
      if (table.title().startsWith("first and last third: ")) {
        String model = table.title().substring("first and last third: ".length());
        double bound = model.startsWith("demo") ? 1000 : 1500;
        atMost("most resident, " + model, number(table, "TaskManager", "highest"), " MB", bound);
        atMost(
            "last third to first third, " + model,
            number(table, "TaskManager", "lastToFirst"),
            "",
            1.05);
      }
    }
    String byLoad = "by load: simulated device";
    atLeast(
        "mean batch of a worker at 1.5 of its device's load, of 16",
        number("memory", byLoad, "load 1.5", "meanBatch"),
        15.5);
    atMost(
        "memory of a worker at 1.5 of its device's load to that at 0.5",
        number("memory", byLoad, "load 1.5", RATIO),
        "",
        1.05);
  }

  private void allocation() {
    table("allocation", "")
        .ifPresent(
            table ->
                table.rows().stream()
                    .filter(row -> mustNotGrow(row.get("name").toString()))
                    .forEach(
                        row ->
                            atMost(
                                "heap for 1920 x 1080 to that for 640 x 480, " + row.get("name"),
                                Optional.of(number(row, "1920 x 1080") / number(row, "640 x 480")),
                                "",
                                1.05)));
  }

  private static boolean mustNotGrow(String stage) {
    return Stream.of("decode into", "classify").anyMatch(stage::startsWith);
  }

  /** Returns the first table of a suite whose title starts with the given text. */
  private Optional<Table> table(String suite, String title) {
    return report.of(suite).stream().filter(table -> table.title().startsWith(title)).findFirst();
  }

  /** Returns a number of the row whose name begins so. */
  private static Optional<Double> number(Table table, String name, String column) {
    return table.rows().stream()
        .filter(row -> row.get("name").toString().startsWith(name))
        .findFirst()
        .map(row -> row.get(column))
        .filter(Number.class::isInstance)
        .map(value -> ((Number) value).doubleValue());
  }

  private static double number(Map<String, Object> row, String column) {
    return ((Number) row.get(column)).doubleValue();
  }

  private void threads() {
    table("threads", "")
        .flatMap(table -> table.rows().stream().map(row -> number(row, RATIO)).max(Double::compare))
        .ifPresent(
            best -> atMost("the best thread setting to the default", Optional.of(best), "", 1.05));
  }
}
