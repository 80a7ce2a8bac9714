package dev.framelabel.tools.camera;

import dev.framelabel.event.TestEvents;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A time that passes only when a test says so, or when somebody waits. Thread-safe. */
final class SetTime implements CameraTime {
  static final Instant START = TestEvents.CAPTURED;

  private final AtomicLong passed = new AtomicLong();
  private final List<Long> pausesMillis = new CopyOnWriteArrayList<>();

  void pass(Duration duration) {
    passed.addAndGet(duration.toNanos());
  }

  /** How long each wait was to be. */
  List<Long> pausesMillis() {
    return pausesMillis;
  }

  @Override
  public Instant now() {
    return START.plusNanos(passed.get() / 1_000 * 1_000);
  }

  @Override
  public long nanoTime() {
    return passed.get();
  }

  /** Ends at once, but for a moment that leaves the core to others. */
  @Override
  public boolean await(CountDownLatch latch, long millis) throws InterruptedException {
    pausesMillis.add(millis);
    pass(Duration.ofMillis(millis));
    return latch.await(1, TimeUnit.MILLISECONDS);
  }
}
