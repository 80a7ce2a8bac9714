package dev.framelabel.tools.wall;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/** The top label of each of the last seconds. Not thread-safe. */
final class Timeline {
  static final int SECONDS = 60;

  private final String[] labels = new String[SECONDS];
  private final long[] seconds = new long[SECONDS];

  void mark(ObservedResult labelled) {
    put(labelled.capturedAt(), labelled.labels().isEmpty() ? "" : labelled.labels().get(0).label());
  }

  /** Forgets the label of this second. */
  void clear(Instant capturedAt) {
    put(capturedAt, "");
  }

  private void put(Instant capturedAt, String label) {
    int slot = slot(capturedAt.getEpochSecond());
    seconds[slot] = capturedAt.getEpochSecond();
    labels[slot] = label;
  }

  private static int slot(long second) {
    return (int) Math.floorMod(second, (long) SECONDS);
  }

  /** Returns the labels, oldest first; empty where there was none. */
  List<String> until(Instant now) {
    String[] shown = new String[SECONDS];
    for (int i = 0; i < SECONDS; i++) {
      long second = now.getEpochSecond() - SECONDS + 1 + i;
      int slot = slot(second);
      boolean there = seconds[slot] == second && labels[slot] != null;
      shown[i] = there ? labels[slot] : "";
    }
    return Arrays.asList(shown);
  }
}
