package dev.framelabel.jmh;

import dev.framelabel.batch.Batch;
import dev.framelabel.batch.BatchClock;
import dev.framelabel.batch.BatchPolicy;
import dev.framelabel.batch.Batcher;
import dev.framelabel.batch.BatcherThreads;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What the batcher itself costs an item, from submit to result, with nothing to prepare or run. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class BatcherBenchmark {
  private static final int BATCH = 16;

  private Batcher<Integer, Integer> batcher;

  @Setup
  public void open() {
    batcher =
        new Batcher<>(
            new BatchPolicy(BATCH, TimeUnit.MILLISECONDS.toNanos(20)),
            BatchClock.SYSTEM,
            new BatcherThreads("jmh", 1, 1),
            Nothing::new);
  }

  @TearDown
  public void close() {
    batcher.close();
  }

  /** A full batch; the score is of one item. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int fullBatch() {
    List<CompletableFuture<Integer>> results = new ArrayList<>(BATCH);
    for (int i = 0; i < BATCH; i++) {
      results.add(batcher.submit(i));
    }
    int sum = 0;
    for (CompletableFuture<Integer> result : results) {
      sum += result.join();
    }
    return sum;
  }

  /** A batch that does no work. */
  private static final class Nothing implements Batch<Integer, Integer> {
    @Override
    public void prepare(int slot, Integer item) {}

    @Override
    public void move(int from, int to) {}

    @Override
    public List<Integer> run(int count) {
      return Collections.nCopies(count, 1);
    }

    @Override
    public void close() {}
  }
}
