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
import dev.framelabel.tools.bench.Contest;
import dev.framelabel.tools.bench.SimulatedAccelerator;
import dev.framelabel.tools.bench.Table;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;

/**
 * The policy that tunes itself against fixed ones: frames a second whose labels come within the
 * latency target, on a simulated device with frames at random moments.
 */
final class PolicySweep {
  private static final int LARGEST = 16;
  private static final int IN_FLIGHT = 4 * LARGEST;
  private static final Duration TARGET = Duration.ofMillis(40);
  private static final Duration FIXED = Duration.ofMillis(2);
  private static final Duration PER_FRAME = Duration.ofNanos(120_000);
  private static final double SECONDS = 1;

  private final BenchReport report;
  private final int rounds;

  PolicySweep(BenchReport report, int rounds) {
    this.report = report;
    this.rounds = rounds;
  }

  void run() throws Exception {
    for (double load : new double[] {0.5, 0.9, 1.5}) {
      Contest contest =
          new Contest()
              .enter("auto", () -> inTime(BatchPolicy.auto(LARGEST, TARGET.toNanos()), load));
      for (int size : new int[] {4, 8, LARGEST}) {
        for (int millis : new int[] {0, 2, 5, 20}) {
          BatchPolicy fixed = new BatchPolicy(size, Duration.ofMillis(millis).toNanos());
          contest.enter(
              "batches of " + size + ", delay " + millis + " ms", () -> inTime(fixed, load));
        }
      }
      String title = "load " + load + ", latency target " + TARGET.toMillis() + " ms";
      verdict(
          title,
          report.contest(
              "batch", "fixed policies, " + title, "frames/s in time", "", contest, rounds));
    }
  }

  private void verdict(String title, List<Contest.Result> results) {
    Contest.Result auto = results.get(0);
    Contest.Result best =
        results.stream()
            .skip(1)
            .max(Comparator.comparingDouble(Contest.Result::ratio))
            .orElseThrow();
    List<Double> ratios = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      ratios.add(auto.values().get(round) / best.values().get(round));
    }
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("name", "auto to the best fixed policy");
    row.put("ratio", BenchReport.median(ratios, ratio -> ratio));
    row.put("spread", BenchReport.spread(ratios, ratio -> ratio));
    row.put("best", best.name());
    report.addRows(
        new Table(
            "batch", "max-queue-delay auto, " + title, "", "at least 0.90", rounds, List.of(row)));
  }

  private double inTime(BatchPolicy policy, double load) throws InterruptedException {
    SimulatedAccelerator device = new SimulatedAccelerator(8, 2, FIXED, PER_FRAME);
    LabelModel model = device.open();
    Semaphore inFlight = new Semaphore(IN_FLIGHT);
    LongAdder inTime = new LongAdder();
    long begun = System.nanoTime();
    try (Batcher<Long, Boolean> batcher =
        new Batcher<>(
            policy,
            BatchClock.SYSTEM,
            new BatcherThreads("bench", 1, BareLoop.STREAMS),
            () -> new DeviceBatch(model))) {
      Random random = new Random(7);
      double meanGap = 1e9 / (load * device.capacity(LARGEST));
      double next = (double) begun;
      while (next - begun < SECONDS * 1e9) {
        BatchSuite.sleepUntil((long) next);
        inFlight.acquire();
        long arrived = System.nanoTime();
        CompletableFuture<Boolean> ignored =
            batcher
                .submit(arrived)
                .whenComplete(
                    (done, failure) -> {
                      inTime.add(System.nanoTime() - arrived <= TARGET.toNanos() ? 1 : 0);
                      inFlight.release();
                    });
        next = Math.max(next - Math.log(1 - random.nextDouble()) * meanGap, arrived - 1e7);
      }
      inFlight.acquire(IN_FLIGHT);
    }
    return inTime.sum() * 1e9 / (System.nanoTime() - begun);
  }

  private static final class DeviceBatch implements Batch<Long, Boolean> {
    private final LabelModel model;
    private final ByteBuffer pixels;
    private final FloatBuffer probabilities;

    DeviceBatch(LabelModel model) {
      this.model = model;
      this.pixels = ByteBuffer.allocateDirect(LARGEST * model.metadata().frameBytes());
      this.probabilities = OnnxLabelModel.newProbabilities(LARGEST, model.metadata().classes());
    }

    @Override
    public void prepare(int slot, Long arrival) {
      // The device only takes its time.
    }

    @Override
    public void move(int from, int to) {
      // Slots hold nothing.
    }

    @Override
    public List<Boolean> run(int count) {
      model.label(pixels, count, probabilities);
      return Collections.nCopies(count, true);
    }

    @Override
    public void close() {
      // Nothing to free.
    }
  }
}
