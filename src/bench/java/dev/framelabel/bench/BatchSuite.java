package dev.framelabel.bench;

import dev.framelabel.batch.Batch;
import dev.framelabel.batch.BatchClock;
import dev.framelabel.batch.BatchPolicy;
import dev.framelabel.batch.Batcher;
import dev.framelabel.batch.BatcherThreads;
import dev.framelabel.model.LabelModel;
import dev.framelabel.model.OnnxLabelModel;
import dev.framelabel.tools.bench.BareLoop;
import dev.framelabel.tools.bench.BenchReport;
import dev.framelabel.tools.bench.SimulatedAccelerator;
import dev.framelabel.tools.bench.Table;
import dev.framelabel.tools.report.Statistics;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/** The batcher alone on a simulated device, with frames that come at random moments. */
final class BatchSuite {
  static final String NAME = "batch";

  private static final int MAX_SIZE = 16;
  private static final Duration MAX_QUEUE_DELAY = Duration.ofMillis(5);
  private static final Duration FIXED = Duration.ofMillis(2);
  private static final Duration PER_FRAME = Duration.ofNanos(120_000);
  private static final int IN_FLIGHT = 8 * MAX_SIZE;
  private static final double SECONDS = 4;

  private static final List<Double> LOADS = List.of(0.1, 0.5, 0.9, 1.5);

  private final BenchReport report;
  private final int rounds;

  BatchSuite(BenchReport report, int rounds) {
    this.report = report;
    this.rounds = rounds;
  }

  /**
   * What a load came to.
   *
   * @param p50 median of the waiting times, ms
   * @param p99 what 99 of 100 frames did not wait longer than, ms
   * @param heldBack callers that had to wait as too many frames were under way
   */
  private record Waiting(double meanBatch, double p50, double p99, double heldBack) {}

  void run() throws Exception {
    Map<Double, List<Waiting>> seen = new LinkedHashMap<>();
    for (int round = 0; round <= rounds; round++) {
      for (double load : LOADS) {
        Waiting waiting = measure(load);
        report.progress(
            "batch, %s, load %s: %s", round == 0 ? "warm-up" : "round " + round, load, waiting);
        if (round > 0) {
          seen.computeIfAbsent(load, any -> new ArrayList<>()).add(waiting);
        }
      }
    }
    List<Map<String, Object>> rows = new ArrayList<>();
    seen.forEach((load, waitings) -> rows.add(row(load, waitings)));
    double step = FIXED.toNanos() / 1e6 + MAX_SIZE * PER_FRAME.toNanos() / 1e6;
    report.addRows(
        new Table(
            NAME,
            String.format(
                "batches of at most %d, delay at most %d ms, full step %.2f ms",
                MAX_SIZE, MAX_QUEUE_DELAY.toMillis(), step),
            "waiting from arrival to the step's begin, ms",
            String.format(
                "at load 0.5 p99 at most %.2f ms (delay + one step); at 1.5 batches full, callers held back",
                MAX_QUEUE_DELAY.toMillis() + step),
            rounds,
            rows));
  }

  private static Waiting measure(double load) throws InterruptedException {
    SimulatedAccelerator device = new SimulatedAccelerator(8, 2, FIXED, PER_FRAME);
    LabelModel model = device.open();
    List<Long> waits = Collections.synchronizedList(new ArrayList<>());
    List<Integer> sizes = Collections.synchronizedList(new ArrayList<>());
    Semaphore inFlight = new Semaphore(IN_FLIGHT);
    long heldBack = 0;
    try (Batcher<Long, Boolean> batcher =
        new Batcher<>(
            new BatchPolicy(MAX_SIZE, MAX_QUEUE_DELAY.toNanos()),
            BatchClock.SYSTEM,
            new BatcherThreads("bench", 1, BareLoop.STREAMS),
            () -> new TimedBatch(device, model, waits, sizes))) {
      Random random = new Random(7);
      double meanGap = 1e9 / (load * device.capacity(MAX_SIZE));
      long begun = System.nanoTime();
      double next = (double) begun;
      while (next - begun < SECONDS * 1e9) {
        sleepUntil((long) next);
        if (!inFlight.tryAcquire()) {
          heldBack++;
          inFlight.acquire();
          next = Math.max(next, (double) System.nanoTime());
        }
        CompletableFuture<Boolean> ignored =
            batcher.submit(System.nanoTime()).whenComplete((done, failure) -> inFlight.release());
        next += -Math.log(1 - random.nextDouble()) * meanGap;
      }
      inFlight.acquire(IN_FLIGHT);
    }
    double[] millis = waits.stream().mapToDouble(wait -> wait / 1e6).toArray();
    double[] quantiles = Statistics.quantiles(millis, 0.5, 0.99);
    return new Waiting((double) millis.length / sizes.size(), quantiles[0], quantiles[1], heldBack);
  }

  private static Map<String, Object> row(double load, List<Waiting> waitings) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("name", "load " + load);
    row.put("meanBatch", BenchReport.median(waitings, Waiting::meanBatch));
    row.put("meanBatchSpread", BenchReport.spread(waitings, Waiting::meanBatch));
    row.put("p50", BenchReport.median(waitings, Waiting::p50));
    row.put("p50Spread", BenchReport.spread(waitings, Waiting::p50));
    row.put("p99", BenchReport.median(waitings, Waiting::p99));
    row.put("p99Spread", BenchReport.spread(waitings, Waiting::p99));
    row.put("heldBack", BenchReport.median(waitings, Waiting::heldBack));
    // Most often there are none, which has no spread.
    row.put("mostHeldBack", Lab.most(waitings, Waiting::heldBack));
    return row;
  }

  static void sleepUntil(long nanoTime) {
    for (long left = nanoTime - System.nanoTime(); left > 0; left = nanoTime - System.nanoTime()) {
      if (left > 80_000) {
        LockSupport.parkNanos(left - 60_000);
      } else {
        Thread.onSpinWait();
      }
    }
  }

  private static final class TimedBatch implements Batch<Long, Boolean> {
    private final SimulatedAccelerator device;
    private final LabelModel model;
    private final List<Long> waits;
    private final List<Integer> sizes;
    private final long[] arrivals = new long[MAX_SIZE];
    private final ByteBuffer pixels;
    private final FloatBuffer probabilities;

    TimedBatch(
        SimulatedAccelerator device, LabelModel model, List<Long> waits, List<Integer> sizes) {
      this.device = device;
      this.model = model;
      this.waits = waits;
      this.sizes = sizes;
      this.pixels = ByteBuffer.allocateDirect(MAX_SIZE * model.metadata().frameBytes());
      this.probabilities = OnnxLabelModel.newProbabilities(MAX_SIZE, model.metadata().classes());
    }

    @Override
    public void prepare(int slot, Long arrival) {
      arrivals[slot] = arrival;
    }

    @Override
    public void move(int from, int to) {
      arrivals[to] = arrivals[from];
    }

    @Override
    public List<Boolean> run(int count) {
      model.label(pixels, count, probabilities);
      // The device may have been busy with another batch until this one's step began.
      long begun = System.nanoTime() - device.batchNanos(count);
      Arrays.stream(arrivals, 0, count).forEach(arrival -> waits.add(begun - arrival));
      sizes.add(count);
      return Collections.nCopies(count, true);
    }

    @Override
    public void close() {
      // Nothing to free.
    }
  }
}
