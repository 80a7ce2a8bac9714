package dev.framelabel.pipeline;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Bound for the bytes of what passes through a task in order. Something that is done still counts
 * until all that came before it is done too: until then Flink cannot hand it on and let go of it.
 * What the device or the reading of an image still has counts until it is let go of, or given up
 * because it hangs: both within a time limit, for others wait for it. Taken by the task's thread,
 * given back by any.
 *
 * <p>A frame with an image by reference is taken before its size is known, and grows later. Holds
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
  private long keptAfterwards;

  /**
   * Creates an empty budget.
   *
   * @param limit bytes, from 1; something larger passes only while nothing else is in flight
   * @param largest by which a hold may grow; kept free while one is to grow
   */
  ByteBudget(long limit, long largest) {
    this.limit = limit;
    this.largest = largest;
  }

  /** Bytes that are taken until {@link #done} is called; each call counts once. */
  final class Hold {
    private final CompletableFuture<Void> grown = new CompletableFuture<>();
    private long bytes;
    private long more = UNKNOWN;
    private boolean growing;
    private boolean done;
    private boolean passed;
    private boolean kept;

    private Hold(long bytes, boolean growing) {
      this.bytes = bytes;
      this.growing = growing;
    }

    /**
     * Takes more bytes, once; never blocks. The result completes when there is room: on the thread
     * that makes it, which must not be held up, and not at all after {@link #done}.
     */
    CompletableFuture<Void> grow(long by) {
      change(() -> more = by);
      return grown;
    }

    /** Frees the bytes, unless they are {@link #keep kept}. */
    void done() {
      change(
          () -> {
            done = true;
            growing = false;
            while (!holds.isEmpty() && holds.peek().done) {
              holds.remove().pass();
            }
          });
    }

    private void pass() {
      passed = true;
      if (kept) {
        keptAfterwards += bytes;
      } else {
        held -= bytes;
      }
    }

    /** Lets the bytes count until {@link #letGo}, whatever is done; called before that. */
    void keep() {
      change(() -> kept = !passed);
    }

    void letGo() {
      change(
          () -> {
            if (kept && passed) {
              held -= bytes;
              keptAfterwards -= bytes;
            }
            kept = false;
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
        // The first must go on for others to be freed; what is kept is freed without it.
        boolean room = held + hold.more <= limit || (hold == holds.peek() && keptAfterwards == 0);
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

  /** Blocks until there is room and takes it: for ever, so what is in flight has deadlines. */
  Hold take(long bytes) throws InterruptedException {
    return take(bytes, false);
  }

  /** Takes bytes as {@link #take(long)} does, for a hold that will {@link Hold#grow}. */
  Hold takeGrowing(long bytes) throws InterruptedException {
    return take(bytes, true);
  }

  private Hold take(long bytes, boolean growing) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!hasRoom(bytes, growing)) {
        freed.await();
      }
      Hold hold = new Hold(bytes, growing);
      holds.add(hold);
      held += bytes;
      return hold;
    } finally {
      lock.unlock();
    }
  }

  /** Returns whether {@link #take} or {@link #takeGrowing} would not wait now. */
  boolean hasRoom(long bytes, boolean growing) {
    lock.lock();
    try {
      boolean alone = held == 0 && holds.isEmpty();
      long keptFree = !growing && holds.stream().anyMatch(hold -> hold.growing) ? largest : 0;
      return alone || held + bytes + keptFree <= limit;
    } finally {
      lock.unlock();
    }
  }

  /** Returns the bytes that are taken. */
  long held() {
    lock.lock();
    try {
      return held;
    } finally {
      lock.unlock();
    }
  }
}
