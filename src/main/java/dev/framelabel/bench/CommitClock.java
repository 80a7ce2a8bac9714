package dev.framelabel.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * Turns what a reader sees of commits into a rate. What comes within a short time of each other is
 * one commit.
 */
final class CommitClock {
  private static final long SAME_COMMIT_NANOS = 200_000_000L;

  private final List<Commit> commits = new ArrayList<>();
  private long seen;
  private long lastNanos;

  private record Commit(long beganNanos, long frames) {}

  void add(int count, long nanoTime) {
    if (count == 0) {
      return;
    }
    seen += count;
    int last = commits.size() - 1;
    if (last >= 0 && nanoTime - lastNanos < SAME_COMMIT_NANOS) {
      commits.set(
          last, new Commit(commits.get(last).beganNanos(), commits.get(last).frames() + count));
    } else {
      commits.add(new Commit(nanoTime, count));
    }
    lastNanos = nanoTime;
  }

  long seen() {
    return seen;
  }

  /**
   * Frames of all commits after the first, by the time since it. The last commit is left out where
   * enough others are: the end of the frames cuts it short.
   */
  double perSecond() {
    int end = commits.size() > 3 ? commits.size() - 1 : commits.size();
    if (end < 2) {
      throw new IllegalStateException(
          "all " + seen + " frames came in one commit: too few to measure; use a longer --seconds");
    }
    long frames = commits.subList(1, end).stream().mapToLong(Commit::frames).sum();
    return frames * 1e9 / (commits.get(end - 1).beganNanos() - commits.get(0).beganNanos());
  }
}
