package dev.framelabel.classify;

import java.util.concurrent.atomic.LongAdder;

/** Running totals of a classifier since it was opened. Written by its threads, read by anyone. */
public final class ClassifierStatistics {
  private final LongAdder batches = new LongAdder();
  private final LongAdder frames = new LongAdder();
  private final LongAdder inferenceNanos = new LongAdder();
  private final LongAdder batchSplits = new LongAdder();
  private final LongAdder decodeNanos = new LongAdder();
  private final BusyTime device = new BusyTime();

  void batchDone(int size, long nanos) {
    batches.increment();
    frames.add(size);
    inferenceNanos.add(nanos);
  }

  BusyTime device() {
    return device;
  }

  void halved() {
    batchSplits.increment();
  }

  void decoded(long nanos) {
    decodeNanos.add(nanos);
  }

  /** Batches that the device has run. */
  public long batches() {
    return batches.sum();
  }

  /** Frames in those batches. */
  public long frames() {
    return frames.sum();
  }

  /** How often a batch was divided because the device had no memory for it. */
  public long batchSplits() {
    return batchSplits.sum();
  }

  /**
   * Time that batches took on the device, one that waited there for another too: summed over all.
   */
  public long inferenceNanos() {
    return inferenceNanos.sum();
  }

  /** Time for which the device had at least one batch to run, up to now. */
  public long deviceBusyNanos() {
    return device.nanos(System.nanoTime());
  }

  /** Time for which images were decoded, summed over the decoding threads. */
  public long decodeNanos() {
    return decodeNanos.sum();
  }
}
