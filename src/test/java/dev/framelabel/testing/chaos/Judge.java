package dev.framelabel.testing.chaos;

import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.SourcePosition;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Counts outcomes against the numbered frames of a load. Frames are known by their number; records
 * that could not be read, by their position. Thread-safe.
 */
final class Judge {
  private final BitSet seen = new BitSet();
  private final Set<SourcePosition> unreadable = new HashSet<>();
  private final Map<String, Long> newest = new HashMap<>();
  private long labelled;
  private long rejected;
  private long doubled;
  private long invented;
  private long misjudged;
  private long outOfOrder;

  synchronized void add(Outcome outcome) {
    if (outcome.frameId().isEmpty()) {
      addUnreadable(outcome);
      return;
    }
    long number = FrameIds.number(outcome.frameId());
    if (number < 0 || number > Integer.MAX_VALUE) {
      invented++;
      return;
    }
    if (seen.get((int) number)) {
      doubled++;
      return;
    }
    seen.set((int) number);
    boolean hasLabels = outcome instanceof LabelledFrame;
    labelled += hasLabels ? 1 : 0;
    rejected += hasLabels ? 0 : 1;
    misjudged += hasLabels == FrameIds.bad(outcome.frameId()) ? 1 : 0;
    checkOrder((hasLabels ? "labels " : "rejected ") + outcome.cameraId(), number);
  }

  private void addUnreadable(Outcome outcome) {
    if (unreadable.add(outcome.source())) {
      rejected++;
    } else {
      doubled++;
    }
  }

  private void checkOrder(String stream, long number) {
    Long before = newest.put(stream, number);
    if (before != null && before > number) {
      outOfOrder++;
      newest.put(stream, before);
    }
  }

  /** Frames and unreadable records of which an outcome was seen. */
  synchronized long accounted() {
    return labelled + rejected;
  }

  synchronized Verdict verdict(FrameLoad load) {
    long inside = seen.get(0, (int) load.numbered()).cardinality();
    long beyond = seen.cardinality() - inside;
    long missing = load.numbered() - inside + Math.max(0, load.unreadable() - unreadable.size());
    long tooMany = Math.max(0, unreadable.size() - load.unreadable());
    return new Verdict(
        load.taken(),
        labelled,
        rejected,
        missing,
        doubled,
        invented + beyond + tooMany,
        misjudged,
        outOfOrder);
  }
}
