package dev.framelabel.docs;

import static dev.framelabel.docs.MarkdownTable.code;

import dev.framelabel.metrics.JobMetric;
import dev.framelabel.tools.wall.WallMetricsText;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes the reference page of the metrics. */
final class MetricsPage {
  private static final String TOP =
      """
      # Metrics

      %s
      The metrics that the job reports through Flink, and those of the wall. To scrape, draw and alert on them, see
      [Monitoring](../guides/monitoring.md).

      ## Names in Flink and in Prometheus

      Each metric of the job is in the metric group `framelabel` of its operator; every reporter of Flink exports it. The tables
      show the name in Flink and the name that Flink's Prometheus reporter gives it.

      - A metric with labels is in a further group for each label, and Prometheus gets the name of the group in the metric name:
        `framesRejected` is `%s{kind="..."}`.
      - Flink's own labels name the job, task and TaskManager: `job_id`, `job_name`, `task_name`, `subtask_index`, `operator_name`,
        `tm_id`, `host`. In the value of a label, every character but letters, digits, `:` and `_` becomes `_`: operator
        `labels: Committer` is `operator_name="labels:_Committer"`.
      - Prometheus sees a counter of Flink as a gauge. Use `rate()` or `increase()` all the same: it starts at 0 with each start of the
        task.
      - A histogram becomes a summary: labels `quantile="0.5"`, `0.75`, `0.95`, `0.98`, `0.99`, `0.999`, and NAME`_count`. It holds the
        last %,d values of a task.

      Column "over tasks" says how to combine the values of several tasks:

      | over tasks | meaning |
      |---|---|
      """;

  private static final String NOTES =
      """

      ## modelLoadBytes: what it measures

      `modelLoadBytes` is the growth of the process's anonymous memory (`RssAnon` of Linux) from before the model is loaded until it has
      run once for each of its batch sizes. ONNX Runtime's Java API does not report its own memory.

      - It holds the weights and the memory that the session keeps. A second concurrent batch adds to it later.
      - Memory that other threads take in the same time is included. Memory of a GPU is not.
      - A model that is loaded after another one was closed can reuse its memory and show less.
      - It is 0 where there is no `/proc`.

      ## latencyMillis: what it measures

      `latencyMillis` compares two clocks, the camera's and the TaskManager's. It ends when the result reaches operator `route`. With
      `--delivery exactly-once`, a `read_committed` consumer sees the result after the next checkpoint.

      Label `group` is the frame attribute `group`; `none` for frames without it, and `other` for groups after the first 32 of a task.

      ## Wall: /metrics

      `framelabel wall` serves its own metrics at `/metrics`, in the text format of Prometheus. Names start with `framelabel_wall_`.

      """;

  private MetricsPage() {}

  static String text() {
    StringBuilder page = new StringBuilder();
    page.append(
        TOP.formatted(
            GeneratedPage.notice(ReferencePagesTest.class),
            JobMetric.FRAMES_REJECTED.prometheusName(),
            JobMetric.WINDOW));
    for (JobMetric.OverTasks overTasks : JobMetric.OverTasks.values()) {
      page.append("| ").append(word(overTasks)).append(" | ").append(meaning(overTasks));
      page.append(" |\n");
    }
    for (JobMetric.Operator operator : JobMetric.Operator.values()) {
      page.append(section(operator));
    }
    return page.append(NOTES).append(wall(WallMetricsText.sample())).toString();
  }

  private static String section(JobMetric.Operator operator) {
    MarkdownTable table =
        new MarkdownTable("metric", "type", "unit", "labels", "over tasks", "meaning");
    StringBuilder names = new StringBuilder();
    for (JobMetric metric : JobMetric.values()) {
      if (metric.operator() == operator) {
        table.row(
            code(metric.metricName()),
            metric.type().name().toLowerCase(Locale.ROOT),
            metric.unit(),
            metric.labels().stream().map(MarkdownTable::code).collect(Collectors.joining(", ")),
            word(metric.overTasks()),
            metric.meaning());
        names.append("    ").append(metric.prometheusName()).append('\n');
      }
    }
    return "\n## "
        + title(operator)
        + "\n\nOperator names in Flink: "
        + operator.names()
        + ".\n\n"
        + table
        + "\nNames in Prometheus:\n\n"
        + names;
  }

  private static String title(JobMetric.Operator operator) {
    return switch (operator) {
      case FRAMES -> "Source: frames read from Kafka";
      case CLASSIFY -> "Classify: batches, device and memory";
      case ROUTE -> "Route: labelled and rejected frames, latency";
      case COMMITTER -> "Committers: confirmed, lost and repaired commits";
    };
  }

  private static String word(JobMetric.OverTasks overTasks) {
    return switch (overTasks) {
      case SUM -> "sum";
      case WORKER -> "max per TaskManager";
      case QUANTILES -> "max of a quantile";
    };
  }

  private static String meaning(JobMetric.OverTasks overTasks) {
    return switch (overTasks) {
      case SUM -> "Each task reports its own part: `sum(...)` is the value of the job.";
      case WORKER ->
          "All tasks of a TaskManager report the same value: take `max by (tm_id) (...)`, then sum over TaskManagers where that"
              + " makes sense.";
      case QUANTILES ->
          "Quantiles of tasks cannot be added: take `max` over the tasks. The `_count` series may be summed.";
    };
  }

  /** Reads names, types and meanings from the text format of Prometheus. */
  private static String wall(String text) {
    MarkdownTable table = new MarkdownTable("metric", "type", "meaning");
    Map<String, String> help = new HashMap<>();
    for (String line : text.split("\n", -1)) {
      String[] words = line.split(" ", 4);
      if (line.startsWith("# HELP ")) {
        String ignored = help.put(words[2], words[3]);
      } else if (line.startsWith("# TYPE ")) {
        table.row(code(words[2]), words[3], help.get(words[2]));
      }
    }
    return table.toString();
  }
}
