package dev.framelabel.tools.wall;

/** Events a second over the last ten seconds. Not thread-safe. */
final class RateMeter {
  private static final int SECONDS = 10;

  private final long[] counts = new long[SECONDS + 1];
  private final long[] seconds = new long[SECONDS + 1];
  private long first = Long.MAX_VALUE;
  private long total;

  void add(long nowMillis, long events) {
    long second = nowMillis / 1000;
    int slot = (int) Math.floorMod(second, (long) counts.length);
    if (seconds[slot] != second) {
      seconds[slot] = second;
      counts[slot] = 0;
    }
    counts[slot] += events;
    first = Math.min(first, nowMillis);
    total += events;
  }

  /**
   * Returns the mean of the whole seconds that are over; since the first event where that is later.
   */
  double perSecond(long nowMillis) {
    long second = nowMillis / 1000;
    long sum = 0;
    for (int i = 0; i < counts.length; i++) {
      if (seconds[i] < second && seconds[i] >= second - SECONDS) {
        sum += counts[i];
      }
    }
    long begun = Math.max(first / 1000, second - SECONDS);
    return second > begun ? (double) sum / (second - begun) : 0;
  }

  long total() {
    return total;
  }
}
