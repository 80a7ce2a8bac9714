package dev.framelabel.tools.wall;

import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.RejectionKind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Rejected frames of all cameras: how many of each kind, and the newest. Not thread-safe. */
final class Rejections {
  static final int SAMPLES = 20;

  /** Results come twice, as provisional and as committed; so many may lie between. */
  static final int REMEMBERED = 4_000;

  private final Map<RejectionKind, Long> byKind = new EnumMap<>(RejectionKind.class);
  private final LinkedHashMap<String, ObservedResult> samples = new LinkedHashMap<>();
  private final RecentIds nameless = new RecentIds(REMEMBERED);

  /** Adds a result of no known camera: told from others by the position of the frame's record. */
  void addNameless(ObservedResult observed) {
    if (nameless.add(observed.key())) {
      add(observed);
    } else {
      update(observed);
    }
  }

  /** Adds a new rejected frame. */
  void add(ObservedResult observed) {
    byKind.merge(((RejectedFrame) observed.outcome()).kind(), 1L, Long::sum);
    samples.put(identity(observed), observed);
    if (samples.size() > SAMPLES) {
      samples.remove(samples.keySet().iterator().next());
    }
  }

  /** Updates a rejected frame that was added. */
  void update(ObservedResult later) {
    samples.computeIfPresent(
        identity(later),
        (identity, kept) -> later.outcome() instanceof RejectedFrame ? kept.or(later) : kept);
  }

  void settle(SettledOffsets.Range settled) {
    samples.replaceAll((identity, kept) -> kept.isWithdrawnBy(settled) ? kept.withdrawn() : kept);
  }

  private static String identity(ObservedResult observed) {
    return observed.outcome().cameraId() + '\n' + observed.key();
  }

  Map<RejectionKind, Long> byKind() {
    return new EnumMap<>(byKind);
  }

  /** Returns the newest rejected frames, newest first. */
  List<ObservedResult> samples() {
    List<ObservedResult> newestFirst = new ArrayList<>(samples.values());
    Collections.reverse(newestFirst);
    return newestFirst;
  }
}
