package dev.framelabel.batch;

import java.util.concurrent.locks.Condition;

/** The time that a {@link Batcher} goes by; tests bring their own. */
public interface BatchClock {
  BatchClock SYSTEM =
      new BatchClock() {
        @Override
        public long nanoTime() {
          return System.nanoTime();
        }

        @Override
        @SuppressWarnings(
            "WaitNotInLoop") // the caller loops: a wake-up without a reason is allowed
        public void await(Condition condition, long nanos) throws InterruptedException {
          long ignored = condition.awaitNanos(nanos);
        }
      };

  /** Returns nanoseconds since any fixed moment, as {@link System#nanoTime()}. */
  long nanoTime();

  /** Waits for a signal on the condition, at most so long; may wake up without a reason. */
  void await(Condition condition, long nanos) throws InterruptedException;
}
