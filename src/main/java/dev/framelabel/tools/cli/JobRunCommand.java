package dev.framelabel.tools.cli;

import dev.framelabel.LabellingJob;
import dev.framelabel.config.ConfigFile;
import dev.framelabel.config.JobArguments;
import dev.framelabel.config.JobOptions;
import dev.framelabel.config.KafkaOptions;
import dev.framelabel.tools.flinkrest.FlinkRest;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code framelabel job run}. */
@Command(
    name = "run",
    description =
        "Submits the labelling job to a Flink cluster, or runs it in this process (--local).",
    footer = {
      "",
      "Examples:",
      "  framelabel job run --rest http://flink:8081 --parallelism 4 --bootstrap-servers kafka:9092"
          + " --model /models/x.onnx",
      "  framelabel job run --local --model model/demo-xception.onnx --device cpu",
      "  framelabel job run --config framelabel.yaml --savepoint s3://bucket/savepoint-1"
    },
    abbreviateSynopsis = true,
    modelTransformer = JobOptionsModel.class)
final class JobRunCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--rest",
      paramLabel = "URL",
      description = "URL of the Flink REST API.",
      defaultValue = "http://localhost:8081")
  private String rest;

  @Option(
      names = "--local",
      description =
          "Run the job in this process, until it ends or Ctrl-C. It starts at the committed offsets of --group-id."
              + " After Ctrl-C, the next start loses the frames that were in flight and labels others twice.")
  private boolean local;

  @Option(
      names = "--parallelism",
      paramLabel = "N",
      defaultValue = "1",
      description = "Parallelism of the job: the number of parallel tasks.")
  private int parallelism;

  @Option(
      names = "--savepoint",
      paramLabel = "URL",
      description =
          "Path of the savepoint or checkpoint to restore. Default: none; the job then starts at the committed"
              + " offsets of --group-id.",
      defaultValue = "")
  private String savepoint;

  @Option(
      names = "--jar",
      paramLabel = "FILE",
      description = "Job jar. Default: target/framelabel/framelabel-job.jar of the installation.")
  private Path jar;

  @Option(
      names = "-D",
      paramLabel = "KEY=VALUE",
      description = "Flink configuration option. Can be given several times.")
  private Map<String, String> flink = new LinkedHashMap<>();

  @Override
  public Integer call() throws Exception {
    Map<String, String> settings =
        new LinkedHashMap<>(
            FramelabelCommand.settings(spec).file().section(ConfigFile.FLINK_SECTION));
    settings.putAll(flink);
    List<String> arguments = new ArrayList<>(JobOptionsModel.arguments(spec));
    settings.forEach((key, value) -> arguments.add("-D" + key + "=" + value));
    JobArguments parsed = JobArguments.parse(arguments.toArray(String[]::new));
    if (local) {
      runHere(parsed);
      return 0;
    }
    // Said here and not by the cluster, which answers with a stack trace.
    JobOptions checked = new JobOptions(parsed.job());
    KafkaOptions alsoChecked = new KafkaOptions(parsed.job());
    String job = submit(arguments);
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "%s: submitted to %s, reads %s, model %s%n",
        job, rest, alsoChecked.get(KafkaOptions.FRAMES_TOPIC), checked.get(JobOptions.MODEL));
    return 0;
  }

  private String submit(List<String> arguments) {
    Path file =
        jar == null
            ? FramelabelCommand.installation().resolve("target/framelabel/framelabel-job.jar")
            : jar;
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException(
          "job jar " + file + " is not there; build it (mvn -DskipTests package) or give --jar");
    }
    FlinkRest cluster = new FlinkRest(rest);
    return cluster.run(cluster.upload(file), arguments, parallelism, savepoint);
  }

  private void runHere(JobArguments parsed) throws Exception {
    Configuration configuration = new Configuration();
    if (!savepoint.isEmpty()) {
      configuration.setString("execution.state-recovery.path", savepoint);
    }
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.createLocalEnvironment(parallelism, configuration);
    LabellingJob.run(environment, parsed);
  }
}
