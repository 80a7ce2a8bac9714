package dev.framelabel.batch;

/**
 * Rule that decides how long a batch may still wait for more items. A pure value: no clock, no
 * thread, no lock.
 *
 * @param maxSize items in a full batch, from 1; a full batch goes at once
 * @param maxDelayNanos how long the oldest item of a batch may wait for others; 0 sends whatever is
 *     there
 * @param latencyTargetNanos 0: the other two stay as they are; else a {@link Batcher} tunes them to
 *     the device, {@code maxSize} being the largest size
 */
public record BatchPolicy(int maxSize, long maxDelayNanos, long latencyTargetNanos) {
  public BatchPolicy {
    if (maxSize < 1) {
      throw new IllegalArgumentException(
          "maximum batch size is " + maxSize + "; expected 1 or more");
    }
    if (latencyTargetNanos < 0) {
      throw new IllegalArgumentException(
          "latency target is " + latencyTargetNanos + " ns; expected 0 or more");
    }
    if (maxDelayNanos < 0) {
      throw new IllegalArgumentException(
          "maximum batch delay is " + maxDelayNanos + " ns; expected 0 or more");
    }
  }

  /** Creates a policy that stays as it is. */
  public BatchPolicy(int maxSize, long maxDelayNanos) {
    this(maxSize, maxDelayNanos, 0);
  }

  /** Returns a policy that is tuned while it is used; it begins without a delay. */
  public static BatchPolicy auto(int maxSize, long latencyTargetNanos) {
    return new BatchPolicy(maxSize, 0, latencyTargetNanos);
  }

  /**
   * Returns how long a batch may still wait, in nanoseconds: 0 = go, {@link Long#MAX_VALUE} = there
   * is nothing to go.
   *
   * @param size items in the batch
   * @param oldestArrivalNanos when the oldest of them arrived, on the clock of {@code nowNanos}
   */
  public long nanosLeft(int size, long oldestArrivalNanos, long nowNanos) {
    if (size == 0) {
      return Long.MAX_VALUE;
    }
    if (size >= maxSize) {
      return 0;
    }
    return Math.max(0, maxDelayNanos - (nowNanos - oldestArrivalNanos));
  }
}
