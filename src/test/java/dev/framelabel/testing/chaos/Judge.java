package dev.framelabel.testing.chaos;

import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.RejectionKind;
import dev.framelabel.event.SourcePosition;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Counts outcomes against the numbered frames of a load. Frames are known by their number; records
 * of any other kind, by their position. Thread-safe.
 */
final class Judge {
  private final BitSet seen = new BitSet();
  private final Set<SourcePosition> strange = new HashSet<>();
  private final Map<String, Long> newest = new HashMap<>();
  private long labelled;
  private long rejected;
  private long doubled;
  private long misjudged;
  private long outOfOrder;

  synchronized void add(Outcome outcome) {
    long number = FrameIds.number(outcome.frameId());
    if (number < 0 || number > Integer.MAX_VALUE) {
      addStrange(outcome);
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
    misjudged += FrameIds.kind(outcome.frameId()).equals(kind(outcome)) ? 0 : 1;
    checkOrder((hasLabels ? "labels " : "rejected ") + outcome.cameraId(), number);
  }

  private static Optional<RejectionKind> kind(Outcome outcome) {
    return outcome instanceof RejectedFrame rejected
        ? Optional.of(rejected.kind())
        : Optional.empty();
  }

  /** What is not numbered counts by position: those beyond what the load sent are invented. */
  private void addStrange(Outcome outcome) {
    if (strange.add(outcome.source())) {
      labelled += outcome instanceof LabelledFrame ? 1 : 0;
      rejected += outcome instanceof LabelledFrame ? 0 : 1;
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

  /** Frames and strange records of which an outcome was seen. */
  synchronized long accounted() {
    return labelled + rejected;
  }

  synchronized Verdict verdict(FrameLoad load) {
    long inside = seen.get(0, (int) load.numbered()).cardinality();
    long beyond = seen.cardinality() - inside;
    long missing = load.numbered() - inside + Math.max(0, load.strange() - strange.size());
    long tooMany = Math.max(0, strange.size() - load.strange());
    return new Verdict(
        load.taken(),
        labelled,
        rejected,
        missing,
        doubled,
        beyond + tooMany,
        misjudged,
        outOfOrder);
  }
}
