package dev.framelabel.testing.cluster;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waiting for something outside this JVM, which can only be asked again and again. */
public final class Await {
  private static final long STEP_NANOS = 100_000_000;

  private Await() {}

  /**
   * Returns as soon as the condition holds; a condition that throws does not hold yet.
   *
   * @param what is awaited, for the message
   * @throws JavaProcess.EndedException if the condition throws it
   * @throws IllegalStateException if it does not hold within the limit
   */
  public static void until(String what, Duration limit, Callable<Boolean> condition) {
    long end = System.nanoTime() + limit.toNanos();
    Exception last = null;
    while (true) {
      try {
        if (condition.call()) {
          return;
        }
      } catch (JavaProcess.EndedException e) {
        throw e;
      } catch (Exception e) {
        last = e;
      }
      if (System.nanoTime() >= end || Thread.currentThread().isInterrupted()) {
        throw new IllegalStateException(
            "not within " + limit.toSeconds() + " s: " + what + (last == null ? "" : "; " + last),
            last);
      }
      LockSupport.parkNanos(STEP_NANOS);
    }
  }

  /** Lets time pass, for faults that last. */
  public static void pause(Duration duration) {
    long end = System.nanoTime() + duration.toNanos();
    for (long left = duration.toNanos();
        left > 0 && !Thread.currentThread().isInterrupted();
        left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
