package dev.framelabel;

import dev.framelabel.config.FlinkDefaults;
import dev.framelabel.config.JobArguments;
import dev.framelabel.config.JobOptions;
import dev.framelabel.config.KafkaOptions;
import dev.framelabel.event.FrameEvent;
import dev.framelabel.kafka.admin.Preflight;
import dev.framelabel.kafka.admin.RestoredState;
import dev.framelabel.kafka.sink.OutcomeSinks;
import dev.framelabel.kafka.sink.RecordSizes;
import dev.framelabel.kafka.source.FrameSource;
import dev.framelabel.model.ModelOpener;
import dev.framelabel.pipeline.LabellingPipeline;
import dev.framelabel.pipeline.ResultLimit;
import dev.framelabel.pipeline.state.EventTypeInformation;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The job of the job jar: options, parts, execution. */
public final class LabellingJob {
  private LabellingJob() {}

  /** Runs the job in the environment that Flink gives; {@code --help} lists the options. */
  public static void main(String[] arguments) throws Exception {
    JobArguments parsed = JobArguments.parse(arguments);
    if (parsed.help()) {
      System.out.println(JobArguments.helpText());
      return;
    }
    run(StreamExecutionEnvironment.getExecutionEnvironment(), parsed);
  }

  /**
   * Checks what the job needs, and executes it; blocks as the environment does.
   *
   * @throws dev.framelabel.kafka.admin.StartRefusedException if it would not work as it is set up
   */
  public static void run(StreamExecutionEnvironment environment, JobArguments arguments)
      throws Exception {
    addTo(environment, arguments.job(), arguments.flink());
    check(environment, arguments.job());
    environment.execute("framelabel");
  }

  /** Checks the job where it is submitted: a mistake is told to whoever makes it. */
  private static void check(StreamExecutionEnvironment environment, Configuration job) {
    KafkaOptions options = new KafkaOptions(job);
    Preflight.requireReady(options, checkpointInterval(environment));
    Optional<String> ignored =
        RestoredState.warnIfTooOld(options, environment.getConfiguration(), Instant.now());
  }

  /** Returns the checkpoint interval: Flink's settings go before the job's own option. */
  private static Duration checkpointInterval(StreamExecutionEnvironment environment) {
    return environment.getConfiguration().get(CheckpointingOptions.CHECKPOINTING_INTERVAL);
  }

  /**
   * Adds the job to the environment, as {@link #run} does; asks no broker.
   *
   * @throws dev.framelabel.kafka.admin.StartRefusedException if options do not fit each other
   */
  public static void addTo(
      StreamExecutionEnvironment environment, Configuration job, Configuration flink) {
    addTo(environment, job, flink, ModelOpener.ONNX);
  }

  /**
   * Adds the job to an environment, with a model of the caller.
   *
   * @param models opens the label model on each worker
   */
  public static void addTo(
      StreamExecutionEnvironment environment,
      Configuration job,
      Configuration flink,
      ModelOpener models) {
    JobOptions jobOptions = new JobOptions(job);
    KafkaOptions kafkaOptions = new KafkaOptions(job);
    FlinkDefaults.apply(environment, jobOptions, flink);
    Preflight.requireFittingOptions(kafkaOptions, checkpointInterval(environment));
    new LabellingPipeline(
            FrameSource.build(kafkaOptions, new EventTypeInformation<>(FrameEvent.class)),
            OutcomeSinks.labels(kafkaOptions),
            OutcomeSinks.rejected(kafkaOptions),
            resultLimit(kafkaOptions),
            jobOptions,
            models)
        .addTo(environment);
  }

  /** Returns the limit of what the topics of results take. */
  public static ResultLimit resultLimit(KafkaOptions options) {
    return new ResultLimit(RecordSizes.largest(options), new RecordSizes(options)::of);
  }
}
