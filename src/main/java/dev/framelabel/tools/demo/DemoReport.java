package dev.framelabel.tools.demo;

import dev.framelabel.tools.report.Json;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Report of a demo.
 *
 * @param produced frames on topic {@code frames}
 * @param lost frames without an outcome
 * @param doubled outcomes too many
 * @param accuracy part of the labelled frames whose best label is the true one; null where nobody
 *     knows the true labels
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
    Double accuracy,
    double meanBatchSize,
    double framesPerSecond,
    double latencyMsP50,
    double latencyMsP99,
    String model,
    String delivery,
    List<Camera> cameras) {
  /**
   * Outcomes of one camera.
   *
   * @param rejected frames by kind of rejection
   * @param newestLabel best label of the newest frame, with its confidence; empty if none
   * @param commonestLabel the best label of most frames, with their number; empty if none
   */
  public record Camera(
      String id,
      long frames,
      long labelled,
      Map<String, Long> rejected,
      String newestLabel,
      String commonestLabel) {
    public Camera {
      rejected = Map.copyOf(rejected);
    }
  }

  public DemoReport {
    cameras = List.copyOf(cameras);
  }

  /** Returns whether every frame came out exactly once. */
  public boolean exact() {
    return lost == 0 && doubled == 0;
  }

  public String toJson() {
    return Json.indented(this);
  }

  /** Returns a table for people. */
  public String toText() {
    StringBuilder text = new StringBuilder();
    int width = cameras.stream().mapToInt(camera -> camera.id().length()).max().orElse(0);
    String row = "  %-" + Math.max("camera".length(), width) + "s %9s %9s  %s%n";
    text.append(String.format(Locale.ROOT, "%n" + row, "camera", "frames", "labelled", "labels"));
    for (Camera camera : cameras) {
      text.append(
          String.format(
              Locale.ROOT,
              row,
              camera.id(),
              "%,d".formatted(camera.frames()),
              "%,d".formatted(camera.labelled()),
              words(camera)));
    }
    return text.append(totals()).toString();
  }

  private static String words(Camera camera) {
    String labels =
        camera.labelled() == 0
            ? ""
            : "newest " + camera.newestLabel() + ", commonest " + camera.commonestLabel();
    return camera.rejected().isEmpty() ? labels : labels + "  rejected " + camera.rejected();
  }

  private String totals() {
    return String.format(
        Locale.ROOT,
        "%n  produced   %,9d frames%n  labelled   %,9d%n  rejected   %,9d%n  lost       %,9d%n"
            + "  doubled    %,9d%n%s  mean batch %9.1f frames%n"
            + "  throughput %9.1f frames/s%n  latency    %9.0f ms p50, %.0f ms p99%n"
            + "  model      %s%n  delivery   %s%n",
        produced,
        labelled,
        rejected,
        lost,
        doubled,
        accuracy == null
            ? ""
            : String.format(Locale.ROOT, "  accuracy   %9.1f %%%n", 100 * accuracy),
        meanBatchSize,
        framesPerSecond,
        latencyMsP50,
        latencyMsP99,
        model,
        delivery);
  }
}
