package dev.framelabel.pipeline.metrics;

import java.util.function.LongSupplier;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.View;

/**
 * Part of the time, 0 to 1, for which the device ran batches, over the last interval between two
 * updates. Flink's metric thread updates it every {@link View#UPDATE_INTERVAL_SECONDS} seconds, so
 * that several readers see one value.
 */
public final class DeviceBusyRatio implements Gauge<Double>, View {
  private final LongSupplier busyNanos;
  private final LongSupplier clockNanos;
  private long lastBusyNanos;
  private long lastClockNanos;
  private volatile double ratio;

  /**
   * Creates a ratio that is 0 until the first update; both clocks count nanoseconds.
   *
   * @param busyNanos running total of the time in which it ran at least one batch
   */
  public DeviceBusyRatio(LongSupplier busyNanos, LongSupplier clockNanos) {
    this.busyNanos = busyNanos;
    this.clockNanos = clockNanos;
    this.lastBusyNanos = busyNanos.getAsLong();
    this.lastClockNanos = clockNanos.getAsLong();
  }

  @Override
  public synchronized void update() {
    long busy = busyNanos.getAsLong();
    long now = clockNanos.getAsLong();
    if (now > lastClockNanos) {
      double part = (double) (busy - lastBusyNanos) / (now - lastClockNanos);
      // The two clocks are not read at the same moment.
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
