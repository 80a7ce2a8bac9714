package dev.framelabel.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.framelabel.model.LabelModel;
import dev.framelabel.testing.cluster.Await;
import dev.framelabel.tools.bench.SimulatedAccelerator;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BatcherTest {
  private static final long LIMIT_SECONDS = 20;

  private final ManualClock clock = new ManualClock();
  private final Device device = new Device();
  private Batcher<Integer, String> batcher;

  @AfterEach
  void close() {
    device.permits.release(1_000_000);
    if (batcher != null) {
      batcher.close();
    }
  }

  @Test
  void submit_fullBatch_goesWithoutWaiting() throws Exception {
    open(3, Duration.ofHours(1));
    List<CompletableFuture<String>> results = submit(1, 2, 3);
    assertThat(get(results)).containsExactly("r1", "r2", "r3");
    assertThat(device.sizes).containsExactly(3);
  }

  @Test
  void submit_partialBatch_goesWhenTheOldestHasWaited() throws Exception {
    open(10, Duration.ofMillis(5));
    List<CompletableFuture<String>> results = submit(1, 2);
    device.awaitPrepared(2);
    assertThat(results).noneMatch(CompletableFuture::isDone);
    clock.advance(Duration.ofMillis(5));
    assertThat(get(results)).containsExactly("r1", "r2");
    assertThat(device.sizes).containsExactly(2);
  }

  @Test
  void submit_deviceBusy_nextBatchFillsMeanwhile() throws Exception {
    device.hold();
    open(4, Duration.ZERO);
    List<CompletableFuture<String>> first = submit(1);
    device.awaitRunning();
    List<CompletableFuture<String>> rest = submit(2, 3, 4, 5);
    device.awaitPrepared(5);
    device.permits.release(100);
    assertThat(get(first)).containsExactly("r1");
    assertThat(get(rest)).containsExactly("r2", "r3", "r4", "r5");
    assertThat(device.sizes).containsExactly(1, 4);
  }

  @Test
  void submit_resultsTakenOverSlowly_deviceRunsTheNextBatch() throws Exception {
    device.hold();
    open(1, Duration.ZERO);
    CountDownLatch slow = new CountDownLatch(1);
    CompletableFuture<Void> first = batcher.submit(1).thenRun(() -> await(slow));
    device.permits.release(100);
    device.awaitRunning();
    CompletableFuture<String> second = batcher.submit(2);
    device.awaitRunning();
    assertThat(first).isNotDone();
    assertThat(second).isNotDone();
    slow.countDown();
    assertThat(second.get(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo("r2");
    assertThat(first).isDone();
  }

  @Test
  void close_resultsBeingTakenOver_waitsForThem() throws Exception {
    device.hold();
    open(1, Duration.ZERO);
    CountDownLatch slow = new CountDownLatch(1);
    CompletableFuture<Void> taken = batcher.submit(1).thenRun(() -> await(slow));
    device.permits.release(100);
    device.awaitRunning();
    CompletableFuture<Void> closing = CompletableFuture.runAsync(batcher::close);
    slow.countDown();
    closing.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    assertThat(taken).isDone();
    assertThat(batcher.stop()).isDone();
  }

  @Test
  void close_interruptedWhileABatchRuns_waitsForIt() throws Exception {
    device.hold();
    open(1, Duration.ZERO);
    CompletableFuture<String> result = batcher.submit(1);
    device.awaitRunning();
    AtomicBoolean interrupted = new AtomicBoolean();
    Thread closing =
        new Thread(
            () -> {
              batcher.close();
              interrupted.set(Thread.currentThread().isInterrupted());
            });
    closing.start();
    closing.interrupt();
    closing.join(100);
    assertThat(closing.isAlive()).as("closing waits for the device").isTrue();
    device.permits.release(100);
    closing.join(LIMIT_SECONDS * 1000);
    assertThat(result.get(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo("r1");
    assertThat(batcher.stop()).isDone();
    assertThat(interrupted).as("the interrupt is passed on").isTrue();
  }

  private static void await(CountDownLatch latch) {
    try {
      boolean ignored = latch.await(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void submit_itemsThatCannotBePrepared_failAloneAndLeaveNoGap() throws Exception {
    open(4, Duration.ofHours(1));
    List<CompletableFuture<String>> results = submit(-1, 2, -3, 4, 5, 6);
    assertThat(results.get(1).get(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo("r2");
    assertThat(results.get(3).get(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo("r4");
    assertThat(results.get(5).get(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo("r6");
    for (int bad : new int[] {0, 2}) {
      assertThatThrownBy(() -> results.get(bad).get(LIMIT_SECONDS, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasRootCauseMessage("not fit");
    }
    assertThat(device.sizes).containsExactly(4);
  }

  @Test
  void submit_batchWithGapsWhenItsTimeIsUp_runsCompacted() throws Exception {
    open(6, Duration.ofMillis(5));
    List<CompletableFuture<String>> results = submit(1, -2, 3, -4, 5);
    device.awaitPrepared(3);
    device.awaitRefused(2);
    clock.advance(Duration.ofMillis(5));
    assertThat(results.get(0).get(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo("r1");
    assertThat(results.get(2).get(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo("r3");
    assertThat(results.get(4).get(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo("r5");
    assertThat(device.sizes).containsExactly(3);
  }

  @Test
  void submit_batchThatFails_failsAllItsItemsAndTheNextRuns() throws Exception {
    open(2, Duration.ofHours(1));
    device.failNext = true;
    for (CompletableFuture<String> result : submit(1, 2)) {
      assertThatThrownBy(() -> result.get(LIMIT_SECONDS, TimeUnit.SECONDS))
          .hasRootCauseMessage("device lost");
    }
    assertThat(get(submit(3, 4))).containsExactly("r3", "r4");
  }

  @Test
  void submit_thousandsFromManyThreads_eachGetsItsOwnResult() throws Exception {
    batcher =
        new Batcher<>(
            new BatchPolicy(16, 100_000),
            BatchClock.SYSTEM,
            new BatcherThreads("test", 3, 2),
            () -> new FakeBatch(16));
    ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
    CountDownLatch done = new CountDownLatch(4 * 2_000);
    List<Thread> senders =
        IntStream.range(0, 4)
            .mapToObj(
                sender ->
                    new Thread(
                        () -> {
                          for (int i = 1; i <= 2_000; i++) {
                            check(sender * 10_000 + i, wrong, done);
                          }
                        }))
            .toList();
    senders.forEach(Thread::start);
    assertThat(done.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(wrong).isEmpty();
    assertThat(device.sizes).allMatch(size -> size <= 16);
    assertThat(device.sizes.stream().mapToInt(i -> i).sum()).isEqualTo(8_000 - 4 * 20);
  }

  private void check(int item, ConcurrentLinkedQueue<String> wrong, CountDownLatch done) {
    int sent = item % 100 == 0 ? -item : item;
    CompletableFuture<Void> ignored =
        batcher
            .submit(sent)
            .handle(
                (result, failure) -> {
                  boolean right = sent < 0 ? failure != null : ("r" + sent).equals(result);
                  if (!right) {
                    wrong.add(sent + " gave " + result + ", " + failure);
                  }
                  done.countDown();
                  return null;
                });
  }

  @Test
  void submit_farMoreThanTheDeviceTakes_fillsNoMoreBatchesThanThereAre() throws Exception {
    device.hold();
    open(4, Duration.ZERO);
    List<CompletableFuture<String>> first = submit(0);
    device.awaitRunning();
    List<CompletableFuture<String>> rest =
        submit(IntStream.range(1, 1000).boxed().toArray(Integer[]::new));
    device.awaitPrepared(1 + 2 * 4);
    assertThat(batcher.waiting()).as("the other two batches are full").isEqualTo(999 - 2 * 4);
    assertThat(device.prepared.availablePermits()).isZero();
    device.permits.release(1_000_000);
    assertThat(get(first)).containsExactly("r0");
    assertThat(get(rest)).hasSize(999);
  }

  @Test
  void new_noMemoryForTheSecondBatch_closesTheFirst() {
    AtomicInteger made = new AtomicInteger();
    assertThatThrownBy(
            () ->
                new Batcher<>(
                    new BatchPolicy(4, 0),
                    BatchClock.SYSTEM,
                    new BatcherThreads("test", 1, 1),
                    () -> {
                      if (made.incrementAndGet() == 2) {
                        throw new OutOfMemoryError("Cannot reserve direct buffer memory");
                      }
                      return new FakeBatch(4);
                    }))
        .isInstanceOf(OutOfMemoryError.class);
    assertThat(device.closed).hasValue(1);
  }

  @Test
  void close_itemsThatWait_areCancelled() throws Exception {
    open(10, Duration.ofHours(1));
    List<CompletableFuture<String>> results = submit(1, 2);
    device.awaitPrepared(2);
    batcher.close();
    assertThat(results).allMatch(CompletableFuture::isCompletedExceptionally);
    assertThatThrownBy(() -> results.get(0).get()).isInstanceOf(CancellationException.class);
    assertThatThrownBy(() -> batcher.submit(3).get()).isInstanceOf(CancellationException.class);
    assertThat(device.closed).hasValue(3);
  }

  @Test
  void withdraw_beforeTheDeviceHasTheItem_letsGoOfItAndOthersTakeItsPlace() throws Exception {
    device.hold();
    open(2, Duration.ZERO);
    List<CompletableFuture<String>> running = submit(1);
    device.awaitRunning();
    List<CompletableFuture<String>> prepared = submit(3, 4, 5, 6);
    device.awaitPrepared(1 + 4);
    List<CompletableFuture<String>> waiting = submit(7, 8, 9);
    assertThat(batcher.waiting()).isEqualTo(3);
    for (CompletableFuture<String> result : List.of(prepared.get(0), prepared.get(1))) {
      assertThat(batcher.withdraw(result)).isTrue();
      assertThat(batcher.withdraw(result)).isFalse();
    }
    assertThat(batcher.withdraw(waiting.get(0))).isTrue();
    assertThat(batcher.withdraw(running.get(0))).as("the device has it").isFalse();
    device.permits.release(100);
    assertThat(get(running)).containsExactly("r1");
    assertThat(get(prepared.subList(2, 4))).containsExactly("r5", "r6");
    assertThat(get(waiting.subList(1, 3))).containsExactly("r8", "r9");
    assertThat(device.sizes.stream().mapToInt(i -> i).sum()).isEqualTo(5);
  }

  @Test
  void withdraw_allOfWhatWaitsAgainAndAgain_holdsNoMoreThanTheDeviceHas() throws Exception {
    device.hold();
    open(4, Duration.ofHours(1));
    List<CompletableFuture<String>> running = submit(1, 2, 3, 4);
    device.awaitRunning();
    for (int round = 0; round < 1_000; round++) {
      for (CompletableFuture<String> result : submit(5, 6, 7, 8, 9, 10, 11, 12, 13, 14)) {
        assertThat(batcher.withdraw(result)).isTrue();
      }
      assertThat(batcher.waiting()).isZero();
    }
    await(() -> device.held.get() == 4, "the device's own items are held alone");
    device.permits.release(100);
    assertThat(get(running)).containsExactly("r1", "r2", "r3", "r4");
    assertThat(get(submit(5, 6, 7, 8))).containsExactly("r5", "r6", "r7", "r8");
  }

  private static void await(BooleanSupplier condition, String what) {
    Await.until(what, Duration.ofSeconds(LIMIT_SECONDS), condition::getAsBoolean);
  }

  @Test
  void submit_deviceTooSlowForAllItems_runsThoseThatItCanEndInTime() throws Exception {
    device.hold();
    open(2, Duration.ZERO);
    long patience = Duration.ofSeconds(10).toNanos();
    CompletableFuture<String> first = batcher.submit(1, patience);
    device.awaitRunning();
    CompletableFuture<String> stale = batcher.submit(2, patience);
    device.awaitPrepared(2);
    clock.advance(Duration.ofSeconds(4));
    CompletableFuture<String> fresh = batcher.submit(3, patience);
    device.awaitPrepared(1);
    clock.advance(Duration.ofSeconds(4));
    device.permits.release();
    assertThat(first.get(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo("r1");
    assertThatThrownBy(() -> stale.get(LIMIT_SECONDS, TimeUnit.SECONDS))
        .hasRootCauseInstanceOf(TimeoutException.class)
        .hasMessageContaining("whose last batch took 8000 ms, would end its batch too late");
    device.permits.release(100);
    assertThat(fresh.get(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo("r3");
    assertThat(device.sizes).containsExactly(1, 1);
  }

  @Test
  void submit_oneBatchSlowerThanThePatience_freshItemsStillRun() throws Exception {
    device.hold();
    open(1, Duration.ZERO);
    long patience = Duration.ofSeconds(10).toNanos();
    CompletableFuture<String> first = batcher.submit(1, patience);
    device.awaitRunning();
    clock.advance(Duration.ofHours(1));
    device.permits.release(100);
    assertThat(first.get(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo("r1");
    assertThat(batcher.submit(2, patience).get(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo("r2");
  }

  @Test
  void stop_deviceThatHangs_givesUpWhatWaitsAtOnceAndClosesWhenItComesBack() throws Exception {
    device.hold();
    open(2, Duration.ZERO);
    List<CompletableFuture<String>> running = submit(1);
    device.awaitRunning();
    List<CompletableFuture<String>> waiting = submit(2, 3, 4, 5, 6, 7);
    CompletableFuture<Void> end = batcher.stop();
    assertThat(waiting).allMatch(CompletableFuture::isCompletedExceptionally);
    assertThat(end).isNotDone();
    assertThat(device.closed).hasValue(0);
    device.permits.release(100);
    end.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    assertThat(get(running)).containsExactly("r1");
    assertThat(device.closed).hasValue(3);
  }

  @Test
  void submit_autoPolicyOnASimulatedDevice_learnsADelayWithinTheTarget() throws Exception {
    LabelModel model =
        new SimulatedAccelerator(8, 2, Duration.ofMillis(2), Duration.ofNanos(120_000)).open();
    BatchPolicy first = BatchPolicy.auto(16, Duration.ofSeconds(10).toNanos());
    ByteBuffer pixels = ByteBuffer.allocateDirect(16 * model.metadata().frameBytes());
    FloatBuffer probabilities = FloatBuffer.allocate(32);
    try (Batcher<Integer, Integer> auto =
        new Batcher<>(
            first,
            BatchClock.SYSTEM,
            new BatcherThreads("test", 1, 1),
            () -> new SimulatedBatch(count -> model.label(pixels, count, probabilities)))) {
      for (int i = 0; i < 60; i++) {
        assertThat(auto.submit(i).get(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo(1);
      }
      assertThat(auto.policy().maxSize()).isBetween(1, 16);
      assertThat(auto.policy().maxDelayNanos())
          .isBetween(Duration.ofMillis(2).toNanos(), first.latencyTargetNanos());
    }
  }

  /** Gives each item its batch's size. */
  private record SimulatedBatch(IntConsumer device) implements Batch<Integer, Integer> {
    @Override
    public void prepare(int slot, Integer item) {}

    @Override
    public void move(int from, int to) {}

    @Override
    public List<Integer> run(int count) {
      device.accept(count);
      return Collections.nCopies(count, count);
    }

    @Override
    public void close() {}
  }

  private void open(int maxSize, Duration maxDelay) {
    batcher =
        new Batcher<>(
            new BatchPolicy(maxSize, maxDelay.toNanos()),
            clock,
            new BatcherThreads("test", 1, 1),
            () -> new FakeBatch(maxSize));
  }

  private List<CompletableFuture<String>> submit(Integer... items) {
    return Arrays.stream(items).map(batcher::submit).toList();
  }

  private static List<String> get(List<CompletableFuture<String>> results) throws Exception {
    List<String> got = new ArrayList<>();
    for (CompletableFuture<String> result : results) {
      got.add(result.get(LIMIT_SECONDS, TimeUnit.SECONDS));
    }
    return got;
  }

  /** What the fake batches of a test have in common. */
  private static final class Device {
    final Semaphore permits = new Semaphore(1_000_000);
    final Semaphore running = new Semaphore(0);
    final Semaphore prepared = new Semaphore(0);
    final Semaphore refused = new Semaphore(0);
    final ConcurrentLinkedQueue<Integer> sizes = new ConcurrentLinkedQueue<>();
    final AtomicInteger closed = new AtomicInteger();
    final AtomicInteger held = new AtomicInteger();
    volatile boolean failNext;

    void hold() {
      permits.drainPermits();
    }

    void awaitRunning() throws InterruptedException {
      assertThat(running.tryAcquire(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    void awaitPrepared(int count) throws InterruptedException {
      assertThat(prepared.tryAcquire(count, LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    void awaitRefused(int count) throws InterruptedException {
      assertThat(refused.tryAcquire(count, LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** Refuses negative numbers; checks that slots hold what was prepared in them. */
  private final class FakeBatch implements Batch<Integer, String> {
    private final Integer[] slots;

    FakeBatch(int capacity) {
      slots = new Integer[capacity];
    }

    @Override
    public void prepare(int slot, Integer item) {
      if (item < 0) {
        device.refused.release();
        throw new IllegalArgumentException("not fit");
      }
      slots[slot] = item;
      device.held.incrementAndGet();
      device.prepared.release();
    }

    @Override
    public void clear(int slot) {
      if (slots[slot] != null) {
        device.held.decrementAndGet();
        slots[slot] = null;
      }
    }

    @Override
    public void move(int from, int to) {
      slots[to] = slots[from];
      slots[from] = null;
    }

    @Override
    public List<String> run(int count) {
      device.running.release();
      // A device does not hear of an interrupt.
      device.permits.acquireUninterruptibly();
      if (device.failNext) {
        device.failNext = false;
        throw new IllegalStateException("device lost");
      }
      device.sizes.add(count);
      List<String> results = Arrays.stream(slots, 0, count).map(item -> "r" + item).toList();
      for (int slot = 0; slot < slots.length; slot++) {
        clear(slot);
      }
      return results;
    }

    @Override
    public void close() {
      device.closed.incrementAndGet();
    }
  }

  /** Stands still until it is told to go on. Waits wake up often: that is allowed. */
  private static final class ManualClock implements BatchClock {
    private final AtomicLong nanos = new AtomicLong(1_000_000);

    void advance(Duration duration) {
      nanos.addAndGet(duration.toNanos());
    }

    @Override
    public long nanoTime() {
      return nanos.get();
    }

    @Override
    @SuppressWarnings("WaitNotInLoop") // the batcher loops
    public void await(Condition condition, long left) throws InterruptedException {
      boolean ignored = condition.await(1, TimeUnit.MILLISECONDS);
    }
  }
}
