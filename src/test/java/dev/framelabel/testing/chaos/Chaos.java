package dev.framelabel.testing.chaos;

import dev.framelabel.testing.cluster.ProcessCluster;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random faults, one after another, against a cluster of its own; the seed repeats their order. */
public final class Chaos {
  private static final double FRAMES_PER_SECOND = 40;

  private final ProcessCluster.Settings settings;
  private final PrintWriter out;

  /**
   * @param settings of the cluster; made highly available, so that its JobManager may be killed
   */
  public Chaos(ProcessCluster.Settings settings, PrintWriter out) {
    this.settings = settings.withHighAvailability();
    this.out = out;
  }

  /** Runs for so long, and until the last fault is recovered from. */
  public ChaosReport run(Duration duration, long seed) {
    say("Seed " + seed + ". Starting Kafka, ZooKeeper, a JobManager and two TaskManagers ...");
    Random random = new Random(seed);
    Fault[] faults = Fault.values();
    List<FaultRun.Recovery> recoveries = new ArrayList<>();
    try (ProcessCluster cluster = ProcessCluster.start(settings)) {
      cluster.submit();
      say("Cuts of the network: " + cluster.broker().network().way() + ".");
      Instant end = Instant.now().plus(duration);
      try (FaultRun run = new FaultRun(cluster, FRAMES_PER_SECOND)) {
        run.load().hostileEvery(10);
        while (Instant.now().isBefore(end)) {
          Fault fault = faults[random.nextInt(faults.length)];
          FaultRun.Recovery recovery = run.suffer(fault, random);
          recoveries.add(recovery);
          say(
              String.format(
                  "%-30s recovered in %5.1f s   (%s)", fault, recovery.seconds(), fault.story()));
        }
        FaultRun.End judged = run.finish();
        say(RecoveryTimes.of(recoveries).table());
        return ChaosReport.of(recoveries, judged, seed);
      }
    }
  }

  private void say(String text) {
    out.println(text);
    out.flush();
  }
}
