package dev.framelabel.classify;

/** Counter of the time for which at least one of several things ran. Thread-safe. */
final class BusyTime {
  private int running;
  private long since;
  private long ended;

  synchronized void begin(long now) {
    if (running++ == 0) {
      since = now;
    }
  }

  synchronized void end(long now) {
    if (--running == 0) {
      ended += now - since;
    }
  }

  /** Returns the time so far in all, with what runs now. */
  synchronized long nanos(long now) {
    return ended + (running > 0 ? now - since : 0);
  }
}
