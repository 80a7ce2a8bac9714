package dev.framelabel.tools.wall;

import java.util.Locale;

/** {@code /metrics}: the wall's own figures in Prometheus' text format. */
final class WallMetrics {
  private WallMetrics() {}

  static String text(WallModel.Summary summary, Viewers viewers) {
    StringBuilder out = new StringBuilder();
    gauge(out, "broker_reachable", "1 while a broker answers", summary.brokerReachable() ? 1 : 0);
    gauge(out, "cameras", "Cameras that are known", summary.cameras());
    gauge(out, "viewers", "Pages that are open", viewers.count());
    counter(out, "viewers_dropped", "Pages that did not read", viewers.dropped());
    gauge(
        out,
        "viewers_unsent_events",
        "Events that pages have not yet taken",
        (double) viewers.unsent());
    counter(out, "frames", "Frames seen", summary.frames());
    counter(out, "labelled_frames", "Labelled frames seen", summary.labelled());
    counter(out, "skipped_records", "Records passed over to keep up", summary.skipped());
    counter(out, "unreadable_records", "Records of an unknown kind", summary.unreadable());
    gauge(out, "frames_per_second", "Over ten seconds", summary.framesPerSecond());
    gauge(out, "latency_p50_milliseconds", "From capture to label", summary.latencyP50());
    gauge(out, "latency_p99_milliseconds", "From capture to label", summary.latencyP99());
    head(out, "rejected_frames_total", "Rejected frames seen", "counter");
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
