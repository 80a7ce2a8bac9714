package dev.framelabel.classify;

import java.util.concurrent.atomic.LongAdder;

/**
 * Running totals of one caller of a shared classifier. A batch counts once: for the caller of its
 * oldest frame, so the totals of all callers add up to those of the classifier. Written by the
 * classifier's threads, read by any thread.
 */
public final class ClassifierStatistics {
  private final LongAdder batches = new LongAdder();
  private final LongAdder frames = new LongAdder();
  private final LongAdder inferenceNanos = new LongAdder();
  private final LongAdder batchSplits = new LongAdder();
  private final LongAdder decodeNanos = new LongAdder();

  void batchDone(int size, long nanos) {
    batches.increment();
    frames.add(size);
    inferenceNanos.add(nanos);
  }

  void split() {
    batchSplits.increment();
  }

  void decoded(long nanos) {
    decodeNanos.add(nanos);
  }

  /** Returns the number of batches that the device ran. */
  public long batches() {
    return batches.sum();
  }

  /** Returns the number of frames in those batches, of other callers too. */
  public long frames() {
    return frames.sum();
  }

  /** Returns the number of times that a batch was split because the device had no memory for it. */
  public long batchSplits() {
    return batchSplits.sum();
  }

  /** Returns the sum of batch times on the device, with the wait for a concurrent batch. */
  public long inferenceNanos() {
    return inferenceNanos.sum();
  }

  /** Returns the sum of the decoding times of this caller's images, over all decoding threads. */
  public long decodeNanos() {
    return decodeNanos.sum();
  }
}
