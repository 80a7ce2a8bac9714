package dev.framelabel.tools.cli;

import dev.framelabel.tools.flinkrest.FlinkRest;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.util.TimeUtils;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Job of a cluster that is saved, and the folder for the savepoint. */
final class SavedJob {
  private static final Duration PROGRESS = Duration.ofSeconds(10);
  private static final Duration STEP = Duration.ofMillis(200);

  @Option(
      names = "--rest",
      paramLabel = "URL",
      description = "URL of the Flink REST API.",
      defaultValue = "http://localhost:8081")
  private String rest;

  @Option(
      names = "--to",
      paramLabel = "URL",
      defaultValue = "",
      description =
          "Folder for the savepoint. Default: execution.checkpointing.savepoint-dir of the cluster.")
  private String folder;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      defaultValue = "10 min",
      description =
          "Maximum time to wait for the savepoint. After this time the command fails, but Flink continues"
              + " the savepoint.")
  private String timeout;

  @Parameters(
      paramLabel = "JOB",
      arity = "0..1",
      defaultValue = "",
      description = "Job id. Default: the only running job of the cluster.")
  private String job;

  FlinkRest cluster() {
    return new FlinkRest(rest);
  }

  /** Returns the folder for the savepoint; empty: the cluster's own. */
  String folder() {
    return folder;
  }

  /**
   * Returns the job's id; asks the cluster where none was given.
   *
   * @throws IllegalArgumentException if the cluster does not run exactly one job then
   */
  String id() {
    if (!job.isEmpty()) {
      return job;
    }
    List<String> live = cluster().liveJobs();
    if (live.size() != 1) {
      throw new IllegalArgumentException(
          "the cluster runs " + live.size() + " jobs " + live + "; expected one. Give the job id");
    }
    return live.get(0);
  }

  /**
   * Blocks until a savepoint is complete, for as long as the user waits, and returns its path.
   *
   * @param progress gets the id of the trigger, and a line each 10 s
   * @throws IllegalStateException if the savepoint failed, or is not complete in that time
   */
  String await(String id, String trigger, PrintWriter progress) {
    FlinkRest cluster = cluster();
    Duration limit = TimeUtils.parseDuration(timeout);
    long begun = System.nanoTime();
    long said = begun - PROGRESS.toNanos();
    Optional<String> path = cluster.savepointPath(id, trigger);
    while (path.isEmpty()) {
      long now = System.nanoTime();
      if (now - begun >= limit.toNanos() || Thread.currentThread().isInterrupted()) {
        throw new IllegalStateException(
            "savepoint %s of job %s is not complete after %s; Flink goes on with it. Ask for it later: curl %s. To wait longer, set --timeout"
                .formatted(trigger, id, timeout, cluster.savepointUrl(id, trigger)));
      }
      if (now - said >= PROGRESS.toNanos()) {
        said = now;
        progress.printf(
            "savepoint %s of job %s: in progress for %d s%n",
            trigger, id, Duration.ofNanos(now - begun).toSeconds());
      }
      LockSupport.parkNanos(STEP.toNanos());
      path = cluster.savepointPath(id, trigger);
    }
    return path.get();
  }
}
