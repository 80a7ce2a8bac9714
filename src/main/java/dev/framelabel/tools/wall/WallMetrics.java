package dev.framelabel.tools.wall;

import java.util.Locale;

/** {@code /metrics}: the wall's own figures in Prometheus' text format. */
final class WallMetrics {
  private WallMetrics() {}

  static String text(WallModel.Summary summary, Viewers viewers) {
    StringBuilder out = new StringBuilder();
    gauge(
        out,
        "broker_reachable",
        "1 if a broker answers, else 0.",
        summary.brokerReachable() ? 1 : 0);
    gauge(out, "cameras", "Cameras that the wall knows.", summary.cameras());
    gauge(out, "viewers", "Open pages.", viewers.count());
    counter(
        out,
        "viewers_dropped",
        "Pages that were disconnected because they did not read their events.",
        viewers.dropped());
    gauge(
        out,
        "viewers_unsent_events",
        "Events that wait to be sent to pages.",
        (double) viewers.unsent());
    counter(out, "frames", "Frames read from the frames topic.", summary.frames());
    counter(
        out, "labelled_frames", "Labelled frames read from the labels topic.", summary.labelled());
    counter(
        out,
        "skipped_records",
        "Records skipped because the wall was too far behind.",
        summary.skipped());
    counter(out, "unreadable_records", "Records that the wall cannot read.", summary.unreadable());
    gauge(
        out,
        "frames_per_second",
        "Frames per second, over the last 10 s.",
        summary.framesPerSecond());
    gauge(
        out,
        "latency_p50_milliseconds",
        "Median time from capturedAt to labelledAt, ms.",
        summary.latencyP50());
    gauge(
        out,
        "latency_p99_milliseconds",
        "99th percentile of the time from capturedAt to labelledAt, ms.",
        summary.latencyP99());
    head(
        out,
        "rejected_frames_total",
        "Rejected frames read from the rejected topic, with label kind.",
        "counter");
    summary
        .rejectedByKind()
        .forEach(
            (kind, count) ->
                out.append("framelabel_wall_rejected_frames_total{kind=\"")
                    .append(kind.name().toLowerCase(Locale.ROOT))
                    .append("\"} ")
                    .append(count)
                    .append('\n'));
    return out.toString();
  }

  private static void gauge(StringBuilder out, String name, String help, double value) {
    head(out, name, help, "gauge");
    out.append("framelabel_wall_").append(name).append(' ').append(value).append('\n');
  }

  private static void counter(StringBuilder out, String name, String help, long value) {
    head(out, name + "_total", help, "counter");
    out.append("framelabel_wall_").append(name).append("_total ").append(value).append('\n');
  }

  private static void head(StringBuilder out, String name, String help, String type) {
    out.append("# HELP framelabel_wall_").append(name).append(' ').append(help).append('\n');
    out.append("# TYPE framelabel_wall_").append(name).append(' ').append(type).append('\n');
  }
}
