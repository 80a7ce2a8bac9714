package dev.framelabel.tools.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * Clock that turns the commits that a reader sees into a rate. Results within a short time of each
 * other are one commit.
 */
final class CommitClock {
  /** Far below the time between two checkpoints, or between two fetches of a reader that waits. */
  private static final long SAME_COMMIT_NANOS = 200_000_000L;

  private final List<Commit> commits = new ArrayList<>();
  private long seen;
  private long lastNanos;

  private record Commit(long beganNanos, long frames) {}

  /** Adds results that were read at a time. */
  void add(int count, long nanoTime) {
    if (count == 0) {
      return;
    }
    seen += count;
    int last = commits.size() - 1;
    if (last < 0 || nanoTime - lastNanos >= SAME_COMMIT_NANOS) {
      commits.add(new Commit(nanoTime, count));
    } else {
      commits.set(
          last, new Commit(commits.get(last).beganNanos(), commits.get(last).frames() + count));
    }
    lastNanos = nanoTime;
  }

  long seen() {
    return seen;
  }

  /**
   * Returns the last commit that counts: the commit after it is cut short by the end of the frames.
   */
  private int lastCounted() {
    int last = commits.size() > 3 ? commits.size() - 2 : commits.size() - 1;
    if (last < 1) {
      throw new IllegalStateException(
          "all " + seen + " frames came in one commit: too few to measure; use a longer --seconds");
    }
    return last;
  }

  /**
   * Returns how steeply the number of frames rises over the commits that count, by least squares: a
   * commit holds whole batches, so its two ends alone would be off by up to a batch.
   */
  double perSecond() {
    int count = lastCounted() + 1;
    double[] seconds = new double[count];
    double[] frames = new double[count];
    double total = 0;
    for (int i = 0; i < count; i++) {
      total += commits.get(i).frames();
      frames[i] = total;
      seconds[i] = (commits.get(i).beganNanos() - commits.get(0).beganNanos()) / 1e9;
    }
    return slope(seconds, frames);
  }

  private static double slope(double[] x, double[] y) {
    double meanX = 0;
    double meanY = 0;
    for (int i = 0; i < x.length; i++) {
      meanX += x[i] / x.length;
      meanY += y[i] / y.length;
    }
    double above = 0;
    double below = 0;
    for (int i = 0; i < x.length; i++) {
      above += (x[i] - meanX) * (y[i] - meanY);
      below += (x[i] - meanX) * (x[i] - meanX);
    }
    return above / below;
  }
}
