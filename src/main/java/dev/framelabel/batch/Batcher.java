package dev.framelabel.batch;

import static java.util.Objects.requireNonNull;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Queue that groups single items into batches for a device and keeps it busy: preparing threads
 * fill the next batch while the device runs the one before.
 *
 * <p>A batch goes when it is full, or when the device is free and the policy lets it. The device
 * thread itself keeps the time, so a partial batch goes without another item having to arrive.
 * {@link #submit} may be called from any thread and never blocks: its callers bound what is in
 * flight. Results complete on a thread of their own, so that the device has its next batch while
 * the caller takes them over.
 *
 * @param <T> what goes in
 * @param <R> what comes out
 */
public final class Batcher<T, R> implements AutoCloseable {
  /** Batches beside those that the device has: one is full and waits for it, one is filled. */
  public static final int SPARE_BATCHES = 2;

  private static final long CLOSE_PATIENCE_MILLIS = 30_000;

  private final PolicyTuner tuner;
  private final BatchClock clock;
  private final List<Thread> threads = new ArrayList<>();
  private final List<CompletableFuture<Void>> ends = new ArrayList<>();
  private final List<Batch<T, R>> batches = new ArrayList<>();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition preparable = lock.newCondition();
  private final Condition runnable = lock.newCondition();
  private final Deque<Ticket<T, R>> arrivals = new ArrayDeque<>();
  private final Deque<FormingBatch<T, R>> forming = new ArrayDeque<>();
  private final Deque<Batch<T, R>> free = new ArrayDeque<>();
  private final ExecutorService results;
  private final CompletableFuture<Void> ended;
  private BatchPolicy policy;
  private long lastBatchNanos;
  private boolean closed;

  /**
   * Starts the threads.
   *
   * @param newBatch called once for every batch that is filled or run at the same time; the batcher
   *     closes them
   * @param threads how many threads, and what their names begin with
   */
  public Batcher(
      BatchPolicy policy,
      BatchClock clock,
      BatcherThreads threads,
      Supplier<Batch<T, R>> newBatch) {
    this.policy = requireNonNull(policy);
    this.tuner = new PolicyTuner(policy);
    this.clock = requireNonNull(clock);
    int buffers = threads.device() + SPARE_BATCHES;
    try {
      for (int i = 0; i < buffers; i++) {
        batches.add(newBatch.get());
      }
    } catch (RuntimeException | Error e) {
      batches.forEach(Batch::close);
      throw e;
    }
    free.addAll(batches);
    results = Executors.newSingleThreadExecutor(work -> thread(work, threads.name() + "-results"));
    start(threads.device(), threads.name() + "-device-", this::runBatches);
    start(threads.preparing(), threads.name() + "-prepare-", this::prepareItems);
    ended =
        CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new))
            .thenRunAsync(results::shutdown, results)
            .thenRun(this::closeBatches);
  }

  private void start(int count, String name, Runnable work) {
    for (int i = 0; i < count; i++) {
      CompletableFuture<Void> end = new CompletableFuture<>();
      ends.add(end);
      Thread thread = thread(() -> runToItsEnd(work, end), name + i);
      threads.add(thread);
      thread.start();
    }
  }

  private static void runToItsEnd(Runnable work, CompletableFuture<Void> end) {
    try {
      work.run();
    } finally {
      end.complete(null);
    }
  }

  private static Thread thread(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  /** Takes in an item whose result is of use whenever it comes. */
  public CompletableFuture<R> submit(T item) {
    return submit(item, Long.MAX_VALUE);
  }

  /**
   * Takes an item in. The result fails with the exception of {@link Batch#prepare} or {@link
   * Batch#run}; with {@link CancellationException} if the batcher is stopped before the item's
   * batch runs; and with {@link TimeoutException} if the item waited for so long that the device
   * would end its batch too late.
   *
   * @param patienceNanos how long from now the result is of use
   */
  public CompletableFuture<R> submit(T item, long patienceNanos) {
    Ticket<T, R> ticket =
        new Ticket<>(item, clock.nanoTime(), patienceNanos, new CompletableFuture<>());
    lock.lock();
    try {
      if (closed) {
        return CompletableFuture.failedFuture(closedException());
      }
      arrivals.add(ticket);
      preparable.signal();
    } finally {
      lock.unlock();
    }
    return ticket.result();
  }

  /**
   * Takes an item out and lets go of it, unless the device has it already. Its result does not
   * complete then.
   *
   * @param result as {@link #submit} returned it
   * @return whether the item is out; false if its batch runs or has run
   */
  public boolean withdraw(CompletableFuture<R> result) {
    lock.lock();
    try {
      boolean out =
          arrivals.removeIf(ticket -> ticket.result() == result)
              || forming.stream().anyMatch(batch -> batch.withdraw(result));
      if (out) {
        preparable.signalAll();
        runnable.signalAll();
      }
      return out;
    } finally {
      lock.unlock();
    }
  }

  /** Returns the policy now: other than the first only where that has a latency target. */
  public BatchPolicy policy() {
    lock.lock();
    try {
      return policy;
    } finally {
      lock.unlock();
    }
  }

  /** Returns the number of items that wait for a preparing thread. */
  public int waiting() {
    lock.lock();
    try {
      return arrivals.size();
    } finally {
      lock.unlock();
    }
  }

  private void prepareItems() {
    try {
      while (true) {
        prepareOne();
      }
    } catch (InterruptedException e) {
      // The batcher is closed.
    }
  }

  private void prepareOne() throws InterruptedException {
    Ticket<T, R> ticket;
    FormingBatch<T, R> target;
    int slot;
    lock.lock();
    try {
      while (arrivals.isEmpty() || !hasRoom()) {
        preparable.await();
      }
      ticket = arrivals.remove();
      target = openBatch();
      slot = target.claim(ticket);
      runnable.signal();
    } finally {
      lock.unlock();
    }
    Throwable failure = prepare(target, slot, ticket);
    lock.lock();
    try {
      if (failure == null) {
        target.prepared(slot);
      } else {
        target.failed(slot);
        preparable.signal();
      }
      runnable.signal();
    } finally {
      lock.unlock();
    }
    if (failure != null) {
      ticket.result().completeExceptionally(failure);
    }
  }

  /** Returns what went wrong, or null. */
  private Throwable prepare(FormingBatch<T, R> target, int slot, Ticket<T, R> ticket) {
    try {
      target.batch().prepare(slot, ticket.item());
      return null;
    } catch (Throwable t) {
      return t;
    }
  }

  private boolean hasRoom() {
    return !free.isEmpty() || (!forming.isEmpty() && forming.getLast().open());
  }

  private FormingBatch<T, R> openBatch() {
    if (forming.isEmpty() || !forming.getLast().open()) {
      forming.add(new FormingBatch<>(free.remove(), policy.maxSize()));
    }
    return forming.getLast();
  }

  private void runBatches() {
    try {
      while (true) {
        FormingBatch<T, R> due = awaitDue();
        List<Ticket<T, R>> tickets = due.compact();
        run(due.batch(), tickets);
      }
    } catch (InterruptedException e) {
      // The batcher is closed.
    }
  }

  /** Waits until the foremost batch may go and all its items are prepared, and takes it. */
  private FormingBatch<T, R> awaitDue() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        FormingBatch<T, R> first = forming.peek();
        if (first == null) {
          runnable.await();
          continue;
        }
        long left = nanosLeft(first);
        if (left > 0) {
          clock.await(runnable, left);
        } else {
          first.seal();
          if (first.settled()) {
            forming.remove();
            expire(first);
            if (first.size() > 0) {
              runnable.signal();
              return first;
            }
            recycle(first.batch());
          } else {
            runnable.await();
          }
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void expire(FormingBatch<T, R> due) {
    List<Ticket<T, R>> stale = due.withdrawStale(clock.nanoTime(), lastBatchNanos);
    if (!stale.isEmpty()) {
      TimeoutException failure =
          new TimeoutException(
              "it waited so long that the device, whose last batch took "
                  + TimeUnit.NANOSECONDS.toMillis(lastBatchNanos)
                  + " ms, would end its batch too late");
      results.execute(() -> fail(stale, failure));
    }
  }

  private static <T, R> void fail(List<Ticket<T, R>> tickets, Throwable failure) {
    for (Ticket<T, R> ticket : tickets) {
      boolean ignored = ticket.result().completeExceptionally(failure);
    }
  }

  /** Returns how long the batch may wait: not at all once another one fills behind it. */
  private long nanosLeft(FormingBatch<T, R> batch) {
    return batch.isSealed() || batch != forming.getLast()
        ? 0
        : policy.nanosLeft(batch.size(), batch.oldestArrivalNanos(), clock.nanoTime());
  }

  private void run(Batch<T, R> batch, List<Ticket<T, R>> tickets) {
    List<R> found;
    long begun = clock.nanoTime();
    try {
      found = batch.run(tickets.size());
      if (found.size() != tickets.size()) {
        throw new IllegalStateException(
            "batch of " + tickets.size() + " items gave " + found.size() + " results");
      }
    } catch (Throwable t) {
      returnBatch(batch);
      results.execute(() -> fail(tickets, t));
      return;
    }
    tune(tickets.size(), clock.nanoTime() - begun);
    returnBatch(batch);
    results.execute(() -> complete(tickets, found));
  }

  private static <T, R> void complete(List<Ticket<T, R>> tickets, List<R> found) {
    for (int i = 0; i < found.size(); i++) {
      tickets.get(i).result().complete(found.get(i));
    }
  }

  private void tune(int size, long nanos) {
    lock.lock();
    try {
      lastBatchNanos = nanos;
      if (policy.latencyTargetNanos() > 0) {
        policy = tuner.stepDone(size, nanos);
      }
    } finally {
      lock.unlock();
    }
  }

  private void returnBatch(Batch<T, R> batch) {
    lock.lock();
    try {
      recycle(batch);
    } finally {
      lock.unlock();
    }
  }

  private void recycle(Batch<T, R> batch) {
    free.add(batch);
    preparable.signalAll();
  }

  /**
   * Stops the batcher: items that wait fail with {@link CancellationException}, and batches that
   * run go on. Never blocks. Safe to call twice.
   *
   * @return completes when no batch runs any more, all results are taken over and the batches are
   *     closed; never where the device hangs for ever
   */
  public CompletableFuture<Void> stop() {
    List<Ticket<T, R>> abandoned = new ArrayList<>();
    lock.lock();
    try {
      if (!closed) {
        closed = true;
        abandoned.addAll(arrivals);
        forming.forEach(batch -> abandoned.addAll(batch.tickets()));
        arrivals.clear();
        forming.clear();
        threads.forEach(Thread::interrupt);
      }
    } finally {
      lock.unlock();
    }
    fail(abandoned, closedException());
    return ended.copy();
  }

  /** Closes the batches; one whose device hangs cannot be closed under it. */
  private void closeBatches() {
    lock.lock();
    try {
      batches.forEach(Batch::close);
      batches.clear();
      free.clear();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Stops the batcher, and waits until all has ended, or for 30 s where the device hangs. An
   * interrupt, as a cancelled task gets it, does not end the wait: it must not pass for a device
   * that hangs.
   */
  @Override
  public void close() {
    Void ignored =
        stop().completeOnTimeout(null, CLOSE_PATIENCE_MILLIS, TimeUnit.MILLISECONDS).join();
  }

  private static CancellationException closedException() {
    return new CancellationException("the batcher is closed");
  }
}
