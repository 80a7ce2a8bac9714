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
    description = "Starts, saves and stops the labelling job on a Flink cluster.",
    subcommands = JobRunCommand.class)
final class JobCommand {
  @Spec private CommandSpec spec;

  @Command(
      name = "savepoint",
      description = "Takes a savepoint and prints its path. The job keeps running.",
      footer = {"", "Example: framelabel job savepoint --to s3://bucket/savepoints"})
  int savepoint(@Mixin SavedJob job) {
    String id = job.id();
    return await(job, id, job.cluster().triggerSavepoint(id, job.folder()));
  }

  @Command(
      name = "stop",
      description =
          "Stops the job with a savepoint and prints the savepoint's path. 'framelabel job run --savepoint PATH'"
              + " continues from it: no frame is lost or duplicated.",
      footer = {"", "Example: framelabel job stop --to s3://bucket/savepoints"})
  int stop(
      @Mixin SavedJob job,
      @Option(
              names = "--drain",
              description =
                  "Finish all in-flight frames before the savepoint. Required if the job continues with another"
                      + " parallelism: without it, results of a camera can come out of order.")
          boolean drain) {
    String id = job.id();
    return await(job, id, job.cluster().triggerStop(id, job.folder(), drain));
  }

  private int await(SavedJob job, String id, String trigger) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(job.await(id, trigger, spec.commandLine().getErr()));
    return 0;
  }
}
