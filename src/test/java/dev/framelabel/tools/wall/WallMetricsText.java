package dev.framelabel.tools.wall;

import java.time.Clock;

/** The metrics of a wall that has seen nothing, for tests of other packages. */
public final class WallMetricsText {
  private WallMetricsText() {}

  /** Returns what {@code /metrics} answers. */
  public static String sample() {
    WallModel model = new WallModel(Clock.systemUTC());
    try (Viewers viewers = new Viewers(model)) {
      return WallMetrics.text(model.summary(), viewers);
    }
  }
}
