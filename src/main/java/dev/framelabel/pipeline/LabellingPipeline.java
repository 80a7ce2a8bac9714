package dev.framelabel.pipeline;

import static java.util.Objects.requireNonNull;

import dev.framelabel.config.JobOptions;
import dev.framelabel.event.FrameEvent;
import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.model.ModelOpener;
import dev.framelabel.pipeline.state.EventTypeInformation;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The labelling job as an object: frames from a source, through the classifier, to the labels and
 * the rejected sink. Results come out in the order in which the source gave the frames, so one
 * camera's stay in order.
 */
public final class LabellingPipeline {
  /**
   * The number of key groups. Flink refuses a savepoint that was made with another one, so it never
   * changes.
   */
  public static final int MAX_PARALLELISM = 720;

  /**
   * No time-out of Flink: its timers need the task's thread, so the function keeps the time itself.
   */
  private static final long NO_TIMEOUT_OF_FLINK = 0;

  private final Source<FrameEvent, ?, ?> frames;
  private final Sink<LabelledFrame> labels;
  private final Sink<RejectedFrame> rejected;
  private final ResultLimit limit;
  private final JobOptions options;
  private final ModelOpener models;
  private final WorkerClassifiers classifiers;

  /**
   * Puts the parts together.
   *
   * @param limit largest results that the sinks take
   * @param models opens the label model on each worker
   */
  public LabellingPipeline(
      Source<FrameEvent, ?, ?> frames,
      Sink<LabelledFrame> labels,
      Sink<RejectedFrame> rejected,
      ResultLimit limit,
      JobOptions options,
      ModelOpener models) {
    this(frames, labels, rejected, limit, options, models, WorkerClassifiers.OF_THIS_PROCESS);
  }

  LabellingPipeline(
      Source<FrameEvent, ?, ?> frames,
      Sink<LabelledFrame> labels,
      Sink<RejectedFrame> rejected,
      ResultLimit limit,
      JobOptions options,
      ModelOpener models,
      WorkerClassifiers classifiers) {
    this.frames = requireNonNull(frames, "frames");
    this.labels = requireNonNull(labels, "labels");
    this.rejected = requireNonNull(rejected, "rejected");
    this.limit = requireNonNull(limit, "limit");
    this.options = requireNonNull(options, "options");
    this.models = requireNonNull(models, "models");
    this.classifiers = requireNonNull(classifiers, "classifiers");
  }

  /**
   * Adds the pipeline to a job. Uids ({@code frames}, {@code classify}, {@code route}, {@code
   * labels}, {@code rejected}; {@code states} is reserved) never change: Flink finds the state of a
   * savepoint by them.
   */
  public void addTo(StreamExecutionEnvironment environment) {
    StreamExecutionEnvironment ignored = environment.setMaxParallelism(MAX_PARALLELISM);
    DataStream<FrameEvent> events =
        environment
            .fromSource(
                frames,
                WatermarkStrategy.noWatermarks(),
                "frames",
                new EventTypeInformation<>(FrameEvent.class))
            .uid("frames");
    SingleOutputStreamOperator<LabelledFrame> labelled =
        AsyncDataStream.orderedWait(
                events,
                new ClassifyFunction(options, models, classifiers),
                NO_TIMEOUT_OF_FLINK,
                TimeUnit.MILLISECONDS,
                options.inFlight())
            .returns(new EventTypeInformation<>(Outcome.class))
            .name("classify")
            .uid("classify")
            .process(new OutcomeRouter(limit), new EventTypeInformation<>(LabelledFrame.class))
            .name("route")
            .uid("route");
    labelled.sinkTo(labels).name("labels").uid("labels");
    labelled
        .getSideOutput(OutcomeRouter.REJECTED)
        .sinkTo(rejected)
        .name("rejected")
        .uid("rejected");
  }
}
