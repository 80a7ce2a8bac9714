package dev.framelabel.tools.demo;

import dev.framelabel.event.Label;
import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.RejectedFrame;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Counter of the outcomes of one camera. Not thread-safe. */
final class CameraTally {
  private final String id;
  private final Map<String, Long> labels = new HashMap<>();
  private final Map<String, Long> rejected = new TreeMap<>();
  private long labelled;
  private LabelledFrame newest;

  CameraTally(String id) {
    this.id = id;
  }

  void add(LabelledFrame frame) {
    labelled++;
    labels.merge(frame.labels().get(0).label(), 1L, Long::sum);
    if (newest == null || !frame.capturedAt().isBefore(newest.capturedAt())) {
      newest = frame;
    }
  }

  void add(RejectedFrame frame) {
    rejected.merge(frame.kind().name(), 1L, Long::sum);
  }

  DemoReport.Camera summary() {
    return new DemoReport.Camera(
        id,
        labelled + rejected.values().stream().mapToLong(Long::longValue).sum(),
        labelled,
        rejected,
        newest == null ? "" : text(newest.labels().get(0)),
        labels.entrySet().stream()
            .max(Map.Entry.comparingByValue())
            .map(label -> label.getKey() + " (" + label.getValue() + " frames)")
            .orElse(""));
  }

  private static String text(Label label) {
    return String.format(Locale.ROOT, "%s %.0f %%", label.label(), 100 * label.score());
  }
}
