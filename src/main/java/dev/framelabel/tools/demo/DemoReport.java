package dev.framelabel.tools.demo;

import dev.framelabel.tools.report.Json;
import java.util.Locale;

/**
 * How a demo went.
 *
 * @param lost frames without an outcome
 * @param doubled outcomes too many
 * @param accuracy part of the labelled frames whose best label is the true one
 * @param framesPerSecond from the first frame's publication to the last outcome seen
 * @param latencyMsP50 between a frame's capture and a reader seeing its labels
 * @param model name and version
 */
public record DemoReport(
    long produced,
    long labelled,
    long rejected,
    long lost,
    long doubled,
    double accuracy,
    double meanBatchSize,
    double framesPerSecond,
    double latencyMsP50,
    double latencyMsP99,
    String model,
    String delivery) {
  /** Whether every frame came out exactly once. */
  public boolean exact() {
    return lost == 0 && doubled == 0;
  }

  public String toJson() {
    return Json.indented(this);
  }

  /** A table for people. */
  public String toText() {
    return String.format(
        Locale.ROOT,
        "%n  produced   %,9d frames%n  labelled   %,9d%n  rejected   %,9d%n  lost       %,9d%n"
            + "  doubled    %,9d%n  accuracy   %9.1f %%%n  mean batch %9.1f frames%n"
            + "  throughput %9.1f frames/s%n  latency    %9.0f ms p50, %.0f ms p99%n"
            + "  model      %s%n  delivery   %s%n",
        produced,
        labelled,
        rejected,
        lost,
        doubled,
        100 * accuracy,
        meanBatchSize,
        framesPerSecond,
        latencyMsP50,
        latencyMsP99,
        model,
        delivery);
  }
}
