package dev.framelabel.tools.cli;

import dev.framelabel.tools.deadletter.RejectedRecord;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Number of rejected records of a kind, and the last of them. */
final class RejectedTally {
  private final int maxSamples;
  private final Deque<RejectedRecord> samples = new ArrayDeque<>();
  private long count;

  RejectedTally(int maxSamples) {
    this.maxSamples = maxSamples;
  }

  void add(RejectedRecord rejected) {
    count++;
    samples.addLast(rejected);
    if (samples.size() > maxSamples) {
      samples.removeFirst();
    }
  }

  long count() {
    return count;
  }

  /** Returns the last records, the oldest first. */
  List<RejectedRecord> samples() {
    return List.copyOf(samples);
  }
}
