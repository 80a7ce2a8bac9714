package dev.framelabel.tools.camera;

import dev.framelabel.event.FieldLimits;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Time by which cameras are judged and paced. Thread-safe. */
interface CameraTime {
  /** Far enough for a clock that is set wrong, which is worth telling. */
  Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");

  CameraTime SYSTEM =
      new CameraTime() {
        @Override
        public Instant now() {
          return Instant.now().truncatedTo(ChronoUnit.MICROS);
        }

        @Override
        public long nanoTime() {
          return System.nanoTime();
        }

        @Override
        public boolean await(CountDownLatch latch, long millis) throws InterruptedException {
          return latch.await(millis, TimeUnit.MILLISECONDS);
        }
      };

  /**
   * Returns whether a time that a source tells can be a time of day: cameras send the seconds since
   * they were switched on, or milliseconds for seconds.
   */
  static boolean canBe(Instant told) {
    return !told.isBefore(FieldLimits.EARLIEST) && told.isBefore(LATEST);
  }

  /** Returns the wall clock's time, UTC, in whole microseconds. */
  Instant now();

  /** Returns the nanoseconds of a clock for durations, as {@link System#nanoTime()}. */
  long nanoTime();

  /**
   * Waits until the latch is open, for so long at most.
   *
   * @return whether the latch is open
   */
  boolean await(CountDownLatch latch, long millis) throws InterruptedException;
}
