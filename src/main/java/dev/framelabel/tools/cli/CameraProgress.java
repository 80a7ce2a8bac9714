package dev.framelabel.tools.cli;

import dev.framelabel.event.CameraStatus;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * One line about the status of all cameras: each by itself, or where they are many those in
 * trouble.
 */
final class CameraProgress {
  private static final int FEW = 6;
  private static final int LONGEST_ERROR = 100;

  private final PrintWriter out;
  private final long begun = System.nanoTime();

  CameraProgress(PrintWriter out) {
    this.out = out;
  }

  void say(List<CameraStatus> statuses) {
    out.printf("%4d s  %s%n", (System.nanoTime() - begun) / 1_000_000_000, line(statuses));
  }

  static String line(List<CameraStatus> statuses) {
    if (statuses.size() <= FEW) {
      return statuses.stream().map(CameraProgress::one).collect(Collectors.joining("   "));
    }
    Map<String, Long> states =
        statuses.stream()
            .collect(
                Collectors.groupingBy(CameraProgress::state, TreeMap::new, Collectors.counting()));
    String troubled =
        statuses.stream()
            .filter(status -> status.state() != CameraStatus.State.LIVE)
            .limit(FEW)
            .map(CameraProgress::one)
            .collect(Collectors.joining("   "));
    return statuses.size() + " cameras " + states + "   " + troubled;
  }

  private static String one(CameraStatus status) {
    String error = status.state() == CameraStatus.State.LOST ? " (" + error(status) + ")" : "";
    return String.format(
        Locale.ROOT,
        "%s %s %.1f in %.1f out/s %d dropped%s",
        status.cameraId(),
        state(status),
        status.fpsIn(),
        status.fpsOut(),
        status.dropped(),
        error);
  }

  private static String error(CameraStatus status) {
    String text = status.lastError();
    return text.length() <= LONGEST_ERROR ? text : text.substring(0, LONGEST_ERROR) + "...";
  }

  private static String state(CameraStatus status) {
    return status.state().name().toLowerCase(Locale.ROOT);
  }
}
