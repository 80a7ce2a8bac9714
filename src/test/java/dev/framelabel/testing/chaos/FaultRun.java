package dev.framelabel.testing.chaos;

import dev.framelabel.kafka.admin.OpenTransactions;
import dev.framelabel.testing.cluster.Await;
import dev.framelabel.testing.cluster.ProcessCluster;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** The labelling job under a steady load, watched, while faults happen to it. Not thread-safe. */
public final class FaultRun implements AutoCloseable {
  private static final Duration FIRST_LIMIT = Duration.ofMinutes(5);
  private static final Duration RECOVERY_LIMIT = Duration.ofMinutes(4);
  private static final Duration REST_LIMIT = Duration.ofMinutes(3);
  private static final Duration RATE_STEP = Duration.ofMillis(500);
  private static final int RATE_STEPS = 20;
  private static final Duration RATE_WINDOW = RATE_STEP.multipliedBy(RATE_STEPS);
  private static final int CAMERAS = 8;

  /** More than any job does here. */
  private static final double FULL_RATE = 100_000;

  private final ProcessCluster cluster;
  private final FrameLoad load;
  private final Watch watch;

  /**
   * How the job took one fault.
   *
   * @param recovery from the fault's beginning until every camera had committed labels of a frame
   *     that was taken later
   * @param longestGap the longest time without any new committed result
   * @param rateBack from the fault's beginning until results had come as often as before it, where
   *     that was measured
   */
  public record Recovery(
      String fault, Duration recovery, Duration longestGap, Optional<Duration> rateBack) {
    Recovery(String fault, Duration recovery, Duration longestGap) {
      this(fault, recovery, longestGap, Optional.empty());
    }

    /** The recovery's length. */
    double seconds() {
      return recovery.toMillis() / 1000.0;
    }
  }

  /**
   * How the run ended.
   *
   * @param live judged by the reader that ran during the faults
   * @param fresh judged by a reader that read everything afterwards
   * @param open the job's transactions that are still open
   * @param heldBack records that readers of committed records do not reach although they are there:
   *     high watermarks less last stable offsets
   * @param restored checkpoints that the job went back to
   * @param failedCheckpoints checkpoints that did not complete
   */
  public record End(
      Verdict live,
      Verdict fresh,
      List<OpenTransactions.Open> open,
      long heldBack,
      long restored,
      long failedCheckpoints) {
    public End {
      open = List.copyOf(open);
    }

    public boolean exact() {
      return live.exact() && fresh.exact() && open.isEmpty() && heldBack == 0;
    }
  }

  /**
   * Begins the load; blocks until labels of every camera come.
   *
   * @param cluster with a running job; stays its owner's
   */
  public FaultRun(ProcessCluster cluster, double framesPerSecond) {
    this(cluster, framesPerSecond, Integer.MAX_VALUE);
  }

  /**
   * Begins a load as fast as the job takes it.
   *
   * @param mostUnderWay frames without a committed result at any time; more than the job labels
   *     between two checkpoints
   */
  static FaultRun atFullRate(ProcessCluster cluster, int mostUnderWay) {
    return new FaultRun(cluster, FULL_RATE, mostUnderWay);
  }

  private FaultRun(ProcessCluster cluster, double framesPerSecond, int mostUnderWay) {
    this.cluster = cluster;
    this.watch = new Watch(cluster.broker().client());
    this.load =
        new FrameLoad(
                cluster.broker().client(),
                ProcessCluster.FRAMES,
                CAMERAS,
                framesPerSecond,
                () -> watch.accounted() + mostUnderWay)
            .start();
    awaitFresh(FIRST_LIMIT);
  }

  /** The load that runs. */
  public FrameLoad load() {
    return load;
  }

  /** Records that have a committed outcome by now. */
  long accounted() {
    return watch.accounted();
  }

  /** Results that are in their topics, but not committed yet. */
  long uncommitted() {
    return HeldBack.records(
        cluster.broker().client(), List.of(ProcessCluster.LABELS, ProcessCluster.REJECTED));
  }

  /** Blocks until every camera has committed labels of a frame taken after this call. */
  public void awaitFresh(Duration limit) {
    watch.awaitFresh(load.cameras(), Instant.now(), limit);
  }

  /** Lets a fault happen at a random moment within two checkpoints, and awaits the recovery. */
  public Recovery suffer(Fault fault, RandomGenerator random) {
    return suffer(fault.toString(), () -> fault.happen(cluster, random), random);
  }

  /** Lets any fault happen at a random moment, and awaits the recovery. */
  Recovery suffer(String fault, Runnable happening, RandomGenerator random) {
    return sufferFrom(
        fault,
        () -> {
          Instant begun = Instant.now();
          happening.run();
          return begun;
        },
        random);
  }

  /**
   * As {@link #suffer}, for a fault that waits for its own moment.
   *
   * @param happening returns when the fault began, from which the recovery is counted
   */
  Recovery sufferFrom(String fault, Supplier<Instant> happening, RandomGenerator random) {
    Await.pause(Duration.ofMillis(random.nextInt(2000)));
    watch.resetGap();
    Instant begun = happening.get();
    watch.awaitFresh(load.cameras(), begun, RECOVERY_LIMIT);
    Duration recovery = Duration.between(begun, Instant.now());
    Duration gap = watch.longestGap();
    cluster.awaitRunning();
    return new Recovery(fault, recovery, gap);
  }

  /**
   * Lets a fault happen, and awaits that committed results come again as often as before it. For a
   * load as fast as the job takes it.
   *
   * @param share of the former rate that counts as the same
   */
  Recovery sufferToRate(Fault fault, double share, RandomGenerator random) {
    long before = accounted();
    Await.pause(RATE_WINDOW);
    long enough = (long) (share * (accounted() - before));
    List<CompletableFuture<Duration>> back = new ArrayList<>();
    Recovery recovery =
        suffer(
            fault + " at full rate",
            () -> {
              back.add(CompletableFuture.supplyAsync(() -> untilSoMany(enough)));
              fault.happen(cluster, random);
            },
            random);
    return new Recovery(
        recovery.fault(),
        recovery.recovery(),
        recovery.longestGap(),
        Optional.of(back.get(0).join()));
  }

  /** How long it takes from now until so many results have been committed within one window. */
  private Duration untilSoMany(long enough) {
    long begun = System.nanoTime();
    Deque<Long> counts = new ArrayDeque<>();
    long end = begun + RECOVERY_LIMIT.toNanos();
    do {
      counts.add(accounted());
      Await.pause(RATE_STEP);
      if (counts.size() == RATE_STEPS && accounted() - counts.remove() >= enough) {
        return Duration.ofNanos(System.nanoTime() - begun);
      }
    } while (System.nanoTime() < end);
    throw new IllegalStateException("the former rate did not come back in " + RECOVERY_LIMIT);
  }

  /** Ends the load, waits for what is under way, and judges. */
  public End finish() {
    load.stop();
    boolean ignored = watch.awaitAll(load, REST_LIMIT);
    Map<String, String> client = cluster.broker().client();
    // A result that comes twice may come late: two more checkpoints.
    long completed = cluster.checkpoints("completed");
    Await.until(
        "two more checkpoints",
        REST_LIMIT,
        () -> cluster.checkpoints("completed") >= completed + 2);
    return new End(
        watch.verdict(load),
        watch.drain(load),
        OpenTransactions.list(client, ""),
        uncommitted(),
        cluster.checkpoints("restored"),
        cluster.checkpoints("failed"));
  }

  @Override
  public void close() {
    watch.close();
    load.close();
  }
}
