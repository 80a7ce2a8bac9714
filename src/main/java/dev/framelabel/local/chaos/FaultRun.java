package dev.framelabel.local.chaos;

import dev.framelabel.kafka.OpenTransactions;
import dev.framelabel.local.cluster.Await;
import dev.framelabel.local.cluster.ProcessCluster;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;

/** The labelling job under a steady load, watched, while faults happen to it. Not thread-safe. */
public final class FaultRun implements AutoCloseable {
  private static final Duration FIRST_LIMIT = Duration.ofSeconds(90);
  private static final Duration RECOVERY_LIMIT = Duration.ofMinutes(4);
  private static final Duration REST_LIMIT = Duration.ofMinutes(3);
  private static final int CAMERAS = 8;

  private final ProcessCluster cluster;
  private final FrameLoad load;
  private final Watch watch;

  /**
   * How the job took one fault.
   *
   * @param recovery from the fault's beginning until every camera had committed labels of a frame
   *     that was taken later
   * @param longestGap the longest time without any new committed result
   */
  public record Recovery(Fault fault, Duration recovery, Duration longestGap) {}

  /**
   * How the run ended.
   *
   * @param live judged by the reader that ran during the faults
   * @param fresh judged by a reader that read everything afterwards
   * @param open the job's transactions that are still open
   * @param restored checkpoints that the job went back to
   * @param failedCheckpoints checkpoints that did not complete
   */
  public record End(
      Verdict live,
      Verdict fresh,
      List<OpenTransactions.Open> open,
      long restored,
      long failedCheckpoints) {
    public End {
      open = List.copyOf(open);
    }

    public boolean exact() {
      return live.exact() && fresh.exact() && open.isEmpty();
    }
  }

  /**
   * Begins the load; blocks until labels of every camera come.
   *
   * @param cluster with a running job; stays its owner's
   */
  public FaultRun(ProcessCluster cluster, double framesPerSecond) {
    this.cluster = cluster;
    this.load =
        new FrameLoad(cluster.broker().client(), ProcessCluster.FRAMES, CAMERAS, framesPerSecond)
            .start();
    this.watch = new Watch(cluster.broker().client());
    awaitFresh(FIRST_LIMIT);
  }

  /** The load that runs. */
  public FrameLoad load() {
    return load;
  }

  /** Blocks until every camera has committed labels of a frame taken after this call. */
  public void awaitFresh(Duration limit) {
    watch.awaitFresh(load.cameras(), Instant.now(), limit);
  }

  /** Lets a fault happen at a random moment within two checkpoints, and awaits the recovery. */
  public Recovery suffer(Fault fault, RandomGenerator random) {
    Await.pause(Duration.ofMillis(random.nextInt(2000)));
    watch.resetGap();
    Instant begun = Instant.now();
    fault.happen(cluster, random);
    watch.awaitFresh(load.cameras(), begun, RECOVERY_LIMIT);
    Duration recovery = Duration.between(begun, Instant.now());
    Duration gap = watch.longestGap();
    cluster.awaitRunning();
    return new Recovery(fault, recovery, gap);
  }

  /** Ends the load, waits for what is under way, and judges. */
  public End finish() {
    load.stop();
    boolean ignored = watch.awaitAll(load, REST_LIMIT);
    // A result that comes twice may come late: two more checkpoints.
    long completed = cluster.checkpoints("completed");
    Await.until(
        "two more checkpoints",
        REST_LIMIT,
        () -> cluster.checkpoints("completed") >= completed + 2);
    return new End(
        watch.verdict(load),
        watch.drain(load),
        OpenTransactions.list(cluster.broker().client(), ""),
        cluster.checkpoints("restored"),
        cluster.checkpoints("failed"));
  }

  @Override
  public void close() {
    watch.close();
    load.close();
  }
}
