package dev.framelabel.batch;

import java.util.concurrent.CompletableFuture;

/**
 * An item on its way through the batcher.
 *
 * @param patienceNanos how long after its arrival its result is of use
 */
record Ticket<T, R>(T item, long arrivedNanos, long patienceNanos, CompletableFuture<R> result) {
  /**
   * Returns whether its result would come too late. An item in the first half of its patience goes
   * in any case, or one slow batch would keep all later ones from the device.
   */
  boolean stale(long nowNanos, long batchNanos) {
    long leftNanos = patienceNanos - (nowNanos - arrivedNanos);
    return leftNanos < Math.min(batchNanos, patienceNanos / 2);
  }
}
