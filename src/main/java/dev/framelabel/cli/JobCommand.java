package dev.framelabel.cli;

import dev.framelabel.rest.FlinkRest;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code framelabel job}. */
@Command(
    name = "job",
    description = "Runs, saves and stops the labelling job on a Flink cluster.",
    mixinStandardHelpOptions = true,
    subcommands = JobRunCommand.class)
final class JobCommand {
  @Spec private CommandSpec spec;

  @Command(
      name = "savepoint",
      description = "Takes a savepoint of a job that goes on, and prints where it is.",
      footer = {"", "Example: framelabel job savepoint --to s3://bucket/savepoints"},
      mixinStandardHelpOptions = true,
      showDefaultValues = true)
  int savepoint(
      @Option(names = "--rest", paramLabel = "URL", defaultValue = "http://localhost:8081")
          String rest,
      @Option(
              names = "--to",
              paramLabel = "URL",
              defaultValue = "",
              description = "Folder. Default: the cluster's own.")
          String folder,
      @Parameters(
              paramLabel = "JOB",
              arity = "0..1",
              defaultValue = "",
              description = "Id. Default: the only job.")
          String job) {
    FlinkRest cluster = new FlinkRest(rest);
    return print(cluster.savepoint(chosen(cluster, job), folder));
  }

  @Command(
      name = "stop",
      description =
          "Stops a job with a savepoint, and prints where it is: 'job run --savepoint' goes on from there, with"
              + " no frame lost or doubled.",
      footer = {"", "Example: framelabel job stop --to s3://bucket/savepoints"},
      mixinStandardHelpOptions = true,
      showDefaultValues = true)
  int stop(
      @Option(names = "--rest", paramLabel = "URL", defaultValue = "http://localhost:8081")
          String rest,
      @Option(
              names = "--to",
              paramLabel = "URL",
              defaultValue = "",
              description = "Folder. Default: the cluster's own.")
          String folder,
      @Option(
              names = "--drain",
              description =
                  "Finish the frames under way first. Needed to keep each camera's order if the job goes on with"
                      + " another parallelism.")
          boolean drain,
      @Parameters(
              paramLabel = "JOB",
              arity = "0..1",
              defaultValue = "",
              description = "Id. Default: the only job.")
          String job) {
    FlinkRest cluster = new FlinkRest(rest);
    return print(cluster.stopWithSavepoint(chosen(cluster, job), folder, drain));
  }

  private int print(String location) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(location);
    out.flush();
    return 0;
  }

  private static String chosen(FlinkRest cluster, String job) {
    if (!job.isEmpty()) {
      return job;
    }
    List<String> live = cluster.liveJobs();
    if (live.size() != 1) {
      throw new IllegalArgumentException(
          "the cluster runs " + live.size() + " jobs " + live + "; name the one that you mean");
    }
    return live.get(0);
  }
}
