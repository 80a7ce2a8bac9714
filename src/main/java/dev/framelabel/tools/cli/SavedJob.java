package dev.framelabel.tools.cli;

import dev.framelabel.tools.flinkrest.FlinkRest;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which job of which cluster is saved, and where. */
final class SavedJob {
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

  @Parameters(
      paramLabel = "JOB",
      arity = "0..1",
      defaultValue = "",
      description = "Job id. Default: the only running job of the cluster.")
  private String job;

  FlinkRest cluster() {
    return new FlinkRest(rest);
  }

  /** Empty: the cluster's own. */
  String folder() {
    return folder;
  }

  /**
   * The job's id; asks the cluster where none was given.
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
          "the cluster runs " + live.size() + " jobs " + live + "; name the one that you mean");
    }
    return live.get(0);
  }
}
