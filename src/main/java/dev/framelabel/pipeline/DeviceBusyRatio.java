package dev.framelabel.pipeline;

import java.util.function.LongSupplier;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.View;

/**
 * Part of the time, 0 to 1, for which the device ran batches, over the last interval between two
 * updates. Flink's metric thread updates it every {@link View#UPDATE_INTERVAL_SECONDS} seconds, so
 * that several readers see one value.
 */
final class DeviceBusyRatio implements Gauge<Double>, View {
  private final LongSupplier busyNanos;
  private final LongSupplier clockNanos;
  private final int streams;
  private long lastBusyNanos;
  private long lastClockNanos;
  private volatile double ratio;

  /**
   * @param busyNanos running total over all streams
   * @param streams batches that the device is given at the same time, from 1
   */
  DeviceBusyRatio(LongSupplier busyNanos, LongSupplier clockNanos, int streams) {
    this.busyNanos = busyNanos;
    this.clockNanos = clockNanos;
    this.streams = streams;
    this.lastBusyNanos = busyNanos.getAsLong();
    this.lastClockNanos = clockNanos.getAsLong();
  }

  @Override
  public synchronized void update() {
    long busy = busyNanos.getAsLong();
    long now = clockNanos.getAsLong();
    if (now > lastClockNanos) {
      double part = (double) (busy - lastBusyNanos) / (now - lastClockNanos) / streams;
      // A batch is counted when it ends, so one that began before the interval can exceed it.
      ratio = Math.max(0, Math.min(1, part));
      lastBusyNanos = busy;
      lastClockNanos = now;
    }
  }

  @Override
  public Double getValue() {
    return ratio;
  }
}
