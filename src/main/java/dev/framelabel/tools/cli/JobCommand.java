package dev.framelabel.tools.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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
  int savepoint(@Mixin SavedJob job) {
    return print(job.cluster().savepoint(job.id(), job.folder()));
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
      @Mixin SavedJob job,
      @Option(
              names = "--drain",
              description =
                  "Finish the frames under way first. Needed to keep each camera's order if the job goes on with"
                      + " another parallelism.")
          boolean drain) {
    return print(job.cluster().stopWithSavepoint(job.id(), job.folder(), drain));
  }

  private int print(String location) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(location);
    out.flush();
    return 0;
  }
}
