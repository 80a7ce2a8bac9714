package dev.framelabel.pipeline;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Bounds the bytes of what passes through a task in order. Something that is done still counts
 * until all that came before it is done too: until then Flink cannot hand it on and let go of it.
 * Taken by the task's thread, given back by any.
 */
final class ByteBudget {
  private final long limit;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition freed = lock.newCondition();
  private final Deque<Hold> holds = new ArrayDeque<>();
  private long held;

  /**
   * @param limit bytes, from 1; something larger passes only while nothing else is under way
   */
  ByteBudget(long limit) {
    this.limit = limit;
  }

  /** Bytes that are taken until {@link #done} is called; calling it twice counts once. */
  final class Hold {
    private final long bytes;
    private boolean done;

    private Hold(long bytes) {
      this.bytes = bytes;
    }

    void done() {
      lock.lock();
      try {
        done = true;
        while (!holds.isEmpty() && holds.peek().done) {
          held -= holds.remove().bytes;
          freed.signalAll();
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /**
   * Waits until there is room and takes it.
   *
   * @throws TimeoutException if nothing came free for so long that waiting on is in vain
   */
  Hold take(long bytes, Duration patience) throws InterruptedException, TimeoutException {
    lock.lockInterruptibly();
    try {
      long left = patience.toNanos();
      while (!holds.isEmpty() && held + bytes > limit) {
        if (left <= 0) {
          throw new TimeoutException(
              held + " of " + limit + " bytes are under way and none came free in " + patience);
        }
        left = freed.awaitNanos(left);
      }
      Hold hold = new Hold(bytes);
      holds.add(hold);
      held += bytes;
      return hold;
    } finally {
      lock.unlock();
    }
  }

  /** Bytes that are taken. */
  long held() {
    lock.lock();
    try {
      return held;
    } finally {
      lock.unlock();
    }
  }
}
