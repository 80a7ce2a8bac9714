package dev.framelabel.pipeline;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A timer whose time stands still until it is told to go on; its tasks run on the teller. */
final class ManualTimer extends ScheduledThreadPoolExecutor {
  private final List<Task> tasks = new ArrayList<>();
  private long nowNanos;

  ManualTimer() {
    super(1);
  }

  private final class Task extends FutureTask<Void> implements ScheduledFuture<Void> {
    private final long dueNanos;

    Task(Runnable work, long dueNanos) {
      super(work, null);
      this.dueNanos = dueNanos;
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(dueNanos - nowNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }
  }

  @Override
  public synchronized ScheduledFuture<?> schedule(Runnable work, long delay, TimeUnit unit) {
    Task task = new Task(work, nowNanos + unit.toNanos(delay));
    tasks.add(task);
    return task;
  }

  void advance(Duration step) {
    for (Task task : due(step)) {
      task.run();
    }
  }

  private synchronized List<Task> due(Duration step) {
    nowNanos += step.toNanos();
    tasks.removeIf(FutureTask::isCancelled);
    List<Task> due =
        tasks.stream()
            .filter(task -> task.dueNanos <= nowNanos)
            .sorted(Comparator.comparingLong(task -> task.dueNanos))
            .toList();
    tasks.removeAll(due);
    return due;
  }

  /** Tasks that are not due yet, without those that were cancelled. */
  synchronized int waiting() {
    tasks.removeIf(FutureTask::isCancelled);
    return tasks.size();
  }
}
