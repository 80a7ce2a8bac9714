package dev.framelabel.pipeline;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Bounds the bytes of what passes through a task in order. Something that is done still counts
 * until all that came before it is done too: until then Flink cannot hand it on and let go of it.
 * Taken by the task's thread, given back by any.
 *
 * <p>What only names its image's place is taken before its size is known, and grows later. Holds
 * grow in their order: a later one must not have the room that an earlier one, for which it will
 * wait to be let go of, needs to go on.
 */
final class ByteBudget {
  private static final long UNKNOWN = -1;

  private final long limit;
  private final long largest;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition freed = lock.newCondition();
  private final Deque<Hold> holds = new ArrayDeque<>();
  private long held;

  /**
   * @param limit bytes, from 1; something larger passes only while nothing else is under way
   * @param largest by which a hold may grow; kept free while one is to grow
   */
  ByteBudget(long limit, long largest) {
    this.limit = limit;
    this.largest = largest;
  }

  /** Bytes that are taken until {@link #done} is called; calling it twice counts once. */
  final class Hold {
    private final CompletableFuture<Void> grown = new CompletableFuture<>();
    private long bytes;
    private long more = UNKNOWN;
    private boolean growing;
    private boolean done;

    private Hold(long bytes, boolean growing) {
      this.bytes = bytes;
      this.growing = growing;
    }

    /**
     * Takes more, once; never blocks. The result completes when there is room: on the thread that
     * makes it, which must not be held up, and not at all after {@link #done}.
     */
    CompletableFuture<Void> grow(long by) {
      change(() -> more = by);
      return grown;
    }

    void done() {
      change(
          () -> {
            done = true;
            growing = false;
            while (!holds.isEmpty() && holds.peek().done) {
              held -= holds.remove().bytes;
            }
          });
    }

    private void change(Runnable change) {
      List<Hold> ready;
      lock.lock();
      try {
        change.run();
        ready = growInOrder();
        freed.signalAll();
      } finally {
        lock.unlock();
      }
      for (Hold hold : ready) {
        boolean ignored = hold.grown.complete(null);
      }
    }
  }

  private List<Hold> growInOrder() {
    List<Hold> ready = new ArrayList<>();
    for (Hold hold : holds) {
      if (hold.growing) {
        boolean room = hold == holds.peek() || held + hold.more <= limit;
        if (hold.more == UNKNOWN || !room) {
          break;
        }
        hold.growing = false;
        hold.bytes += hold.more;
        held += hold.more;
        ready.add(hold);
      }
    }
    return ready;
  }

  /**
   * Waits until there is room and takes it.
   *
   * @throws TimeoutException if nothing came free for so long that waiting on is in vain
   */
  Hold take(long bytes, Duration patience) throws InterruptedException, TimeoutException {
    return take(bytes, false, patience);
  }

  /** As {@link #take(long, Duration)}, for what will {@link Hold#grow}. */
  Hold takeGrowing(long bytes, Duration patience) throws InterruptedException, TimeoutException {
    return take(bytes, true, patience);
  }

  private Hold take(long bytes, boolean growing, Duration patience)
      throws InterruptedException, TimeoutException {
    lock.lockInterruptibly();
    try {
      long left = patience.toNanos();
      while (!holds.isEmpty() && held + bytes + (growing ? 0 : keptFree()) > limit) {
        if (left <= 0) {
          throw new TimeoutException(
              held + " of " + limit + " bytes are under way and none came free in " + patience);
        }
        left = freed.awaitNanos(left);
      }
      Hold hold = new Hold(bytes, growing);
      holds.add(hold);
      held += bytes;
      return hold;
    } finally {
      lock.unlock();
    }
  }

  private long keptFree() {
    return holds.stream().anyMatch(hold -> hold.growing) ? largest : 0;
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
