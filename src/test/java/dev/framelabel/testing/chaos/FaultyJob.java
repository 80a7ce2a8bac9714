package dev.framelabel.testing.chaos;

import dev.framelabel.LabellingJob;
import dev.framelabel.config.FlinkDefaults;
import dev.framelabel.config.JobArguments;
import dev.framelabel.config.JobOptions;
import dev.framelabel.config.KafkaOptions;
import dev.framelabel.event.FrameEvent;
import dev.framelabel.kafka.sink.OutcomeSinks;
import dev.framelabel.kafka.source.FrameSource;
import dev.framelabel.model.ModelOpener;
import dev.framelabel.pipeline.LabellingPipeline;
import dev.framelabel.pipeline.state.EventTypeInformation;
import dev.framelabel.testing.cluster.TestJobJar;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The labelling job with fault points in its labels sink and its model. {@code --fault-folder} is
 * where they are armed.
 */
public final class FaultyJob {
  /** The job's, in Flink's logs. */
  static final String NAME = "framelabel with faults";

  private FaultyJob() {}

  /** Runs as the job jar's main class. */
  public static void main(String[] arguments) throws Exception {
    List<String> all = List.of(arguments);
    int folder = all.indexOf("--fault-folder");
    String[] rest =
        Stream.concat(all.subList(0, folder).stream(), all.subList(folder + 2, all.size()).stream())
            .toArray(String[]::new);
    JobArguments parsed = JobArguments.parse(rest);
    JobOptions job = new JobOptions(parsed.job());
    KafkaOptions kafka = new KafkaOptions(parsed.job());
    StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
    FlinkDefaults.apply(environment, job, parsed.flink());
    String faults = all.get(folder + 1);
    ModelOpener models = new FaultyModel.Opener(faults);
    new LabellingPipeline(
            FrameSource.build(kafka, new EventTypeInformation<>(FrameEvent.class)),
            faulty(OutcomeSinks.labels(kafka), faults),
            OutcomeSinks.rejected(kafka),
            LabellingJob.resultLimit(kafka),
            job,
            models)
        .addTo(environment);
    environment.execute(NAME);
  }

  private static <T> Sink<T> faulty(Sink<T> sink, String folder) {
    return new FaultySink<T, Object, Object>(sink, folder);
  }

  /** Writes a job jar that has the classes of the given one, and this main class. */
  static Path jar(Path jobJar, Path target) throws IOException {
    return TestJobJar.write(
        jobJar, target, FaultyJob.class, FaultyModel.class, FaultySink.class, FaultPoint.class);
  }
}
