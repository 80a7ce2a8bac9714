package dev.framelabel.testing.chaos;

import dev.framelabel.testing.cluster.ProcessCluster;
import dev.framelabel.tools.demo.DemoFrames;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random faults, one after another, against a cluster of its own; the seed repeats their order. */
public final class Chaos {
  private static final double FRAMES_PER_SECOND = 40;
  private static final int HOSTILE_EVERY = 10;

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
  public ChaosReport run(Duration duration, long seed) throws IOException {
    say("Seed " + seed + ". Starting Kafka, ZooKeeper, a JobManager and two TaskManagers ...");
    Random random = new Random(seed);
    Fault[] faults = Fault.values();
    List<FaultRun.Recovery> recoveries = new ArrayList<>();
    try (ProcessCluster cluster = ProcessCluster.start(settings)) {
      Path images = settings.folder().resolve("images");
      Hostility.prepare(images, new DemoFrames().jpeg(0));
      cluster.submit("--image-uri-prefixes", images.toUri().toString());
      say("Cuts of the network: " + cluster.broker().network().way() + ".");
      Instant end = Instant.now().plus(duration);
      try (FaultRun run = new FaultRun(cluster, FRAMES_PER_SECOND)) {
        run.load().hostileEvery(HOSTILE_EVERY, images);
        long peak = 0;
        while (Instant.now().isBefore(end)) {
          Fault fault = faults[random.nextInt(faults.length)];
          FaultRun.Recovery recovery = run.suffer(fault, random);
          recoveries.add(recovery);
          peak = Math.max(peak, cluster.flink().workerPeakKilobytes());
          say(
              String.format(
                  "%s %-30s recovered in %5.1f s   (%s)",
                  LocalTime.now(ZoneId.systemDefault()).withNano(0),
                  fault,
                  recovery.seconds(),
                  fault.story()));
        }
        FaultRun.End judged = run.finish();
        say(RecoveryTimes.of(recoveries).table());
        List<TaskFailure> failures = TaskFailure.in(cluster.flink().jobManagerLogs());
        failures.forEach(failure -> say(failure.toString()));
        return ChaosReport.of(
            recoveries,
            judged,
            seed,
            new ChaosReport.Surroundings(
                run.load().hostileSent(),
                run.load().strange(),
                TaskFailure.byCause(failures),
                peak / 1024));
      }
    }
  }

  private void say(String text) {
    out.println(text);
    out.flush();
  }
}
