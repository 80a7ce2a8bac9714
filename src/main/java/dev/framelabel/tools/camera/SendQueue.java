package dev.framelabel.tools.camera;

import dev.framelabel.event.Frame;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * One camera's frames that wait for the broker, in bounded memory. A live camera's queue drops its
 * oldest frames for newer ones; with a rate limit it keeps the newest only. A stored source's queue
 * takes no more than it has room for. Frames leave in order, a few at a time in flight to the
 * broker. Thread-safe; the clock is the caller's {@link CameraTime#nanoTime()}.
 */
final class SendQueue {
  static final int MOST_FRAMES = 32;
  private static final int MOST_UNDER_WAY = 4;
  private static final long AHEAD_NANOS = 100_000_000;

  private final long intervalNanos;
  private final boolean stored;
  private final long maxBytes;
  private final Deque<Frame> waiting = new ArrayDeque<>();
  private long bytes;
  private int underWay;
  private boolean discarded;
  private boolean begun;
  private long due;

  /**
   * Creates an empty queue of one camera.
   *
   * @param maxFps 0 for no limit
   * @param maxBytes of the pictures that wait; one always may
   */
  SendQueue(double maxFps, boolean stored, long maxBytes) {
    this.intervalNanos = maxFps > 0 ? (long) (1e9 / maxFps) : 0;
    this.stored = stored;
    this.maxBytes = maxBytes;
  }

  /**
   * Adds a live camera's frame.
   *
   * @return how many older frames are dropped for it; after {@link #discard} the frame itself is
   */
  synchronized int offer(Frame frame) {
    if (discarded) {
      return 1;
    }
    int dropped = 0;
    while (!waiting.isEmpty() && (intervalNanos > 0 || !hasRoom(frame))) {
      bytes -= waiting.remove().image().bytes().length();
      dropped++;
    }
    add(frame);
    return dropped;
  }

  /**
   * Adds a stored frame if there is room.
   *
   * @return whether it was added
   */
  synchronized boolean offerIfRoom(Frame frame) {
    if (discarded || (!waiting.isEmpty() && !hasRoom(frame))) {
      return false;
    }
    add(frame);
    return true;
  }

  /** Takes the next frame that is due, which then is in flight until {@link #done}. */
  synchronized Optional<Frame> poll(long now) {
    if (waiting.isEmpty() || waitNanos(now) > 0) {
      return Optional.empty();
    }
    due = begun && now - due < intervalNanos ? due + intervalNanos : now + intervalNanos;
    begun = true;
    underWay++;
    Frame frame = waiting.remove();
    bytes -= frame.image().bytes().length();
    return Optional.of(frame);
  }

  /** Returns how many nanoseconds until {@link #poll} may give something: 0 for now. */
  synchronized long waitNanos(long now) {
    if (waiting.isEmpty() || underWay >= MOST_UNDER_WAY) {
      return Long.MAX_VALUE;
    }
    return begun && intervalNanos > 0 ? Math.max(0, due - now) : 0;
  }

  /** Returns whether a frame that comes now has a chance; if not, nobody need encode it. */
  synchronized boolean wants(long now) {
    return stored || !begun || intervalNanos == 0 || due - now <= AHEAD_NANOS;
  }

  /** Notes that the broker has a frame, or has refused it. */
  synchronized void done() {
    underWay--;
  }

  synchronized boolean isEmpty() {
    return waiting.isEmpty() && underWay == 0;
  }

  /**
   * Gives up what waits, and takes nothing from now on.
   *
   * @return how many frames
   */
  synchronized int discard() {
    discarded = true;
    int dropped = waiting.size();
    waiting.clear();
    bytes = 0;
    return dropped;
  }

  /** Returns the bytes of the pictures that wait. */
  synchronized long waitingBytes() {
    return bytes;
  }

  private boolean hasRoom(Frame frame) {
    return waiting.size() < MOST_FRAMES && bytes + frame.image().bytes().length() <= maxBytes;
  }

  private void add(Frame frame) {
    waiting.add(frame);
    bytes += frame.image().bytes().length();
  }
}
