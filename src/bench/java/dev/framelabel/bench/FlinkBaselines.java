package dev.framelabel.bench;

import dev.framelabel.config.FlinkDefaults;
import dev.framelabel.config.JobOptions;
import dev.framelabel.config.KafkaOptions;
import dev.framelabel.event.Frame;
import dev.framelabel.event.FrameEvent;
import dev.framelabel.event.LabelledFrame;
import dev.framelabel.kafka.sink.OutcomeSinks;
import dev.framelabel.kafka.source.FrameSource;
import dev.framelabel.model.LabelModel;
import dev.framelabel.model.ModelOpener;
import dev.framelabel.model.SessionSettings;
import dev.framelabel.pipeline.state.EventTypeInformation;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;

/** What people write today on Flink: the same source, sink and guarantees, one frame at a time. */
final class FlinkBaselines {
  private static final int IN_FLIGHT = 64;
  private static final EventTypeInformation<LabelledFrame> LABELLED =
      new EventTypeInformation<>(LabelledFrame.class);

  private final ModelOpener opener;

  FlinkBaselines(ModelOpener opener) {
    this.opener = opener;
  }

  /** Adds a job with a map function that labels each frame on the task's thread. */
  void addMapJob(StreamExecutionEnvironment environment, Configuration job) {
    DataStream<FrameEvent> frames = frames(environment, job);
    sink(
        frames
            .map(new LabelEach(opener, job.get(JobOptions.MODEL), job.get(JobOptions.DEVICE)))
            .returns(LABELLED),
        job);
  }

  /** Adds a job with an asynchronous function that labels each frame in a call of its own. */
  void addAsyncJob(StreamExecutionEnvironment environment, Configuration job) {
    DataStream<FrameEvent> frames = frames(environment, job);
    sink(
        AsyncDataStream.orderedWait(
                frames,
                new LabelOnPool(opener, job.get(JobOptions.MODEL), job.get(JobOptions.DEVICE)),
                60,
                TimeUnit.SECONDS,
                IN_FLIGHT)
            .returns(LABELLED),
        job);
  }

  private static DataStream<FrameEvent> frames(
      StreamExecutionEnvironment environment, Configuration job) {
    FlinkDefaults.apply(environment, new JobOptions(job), new Configuration());
    return environment.fromSource(
        FrameSource.build(new KafkaOptions(job), new EventTypeInformation<>(FrameEvent.class)),
        WatermarkStrategy.noWatermarks(),
        "frames");
  }

  private static void sink(SingleOutputStreamOperator<LabelledFrame> labelled, Configuration job) {
    labelled.sinkTo(OutcomeSinks.labels(new KafkaOptions(job)));
  }

  /** Opens a model that labels one frame at a time. */
  static LabelModel open(ModelOpener opener, Path model, String device) {
    return opener.open(model, SessionSettings.on(device, 1));
  }

  private static final class LabelEach extends RichMapFunction<FrameEvent, LabelledFrame> {
    private static final long serialVersionUID = 1L;
    private final ModelOpener opener;
    private final String model;
    private final String device;
    private transient SingleFrame labeller;

    LabelEach(ModelOpener opener, String model, String device) {
      this.opener = opener;
      this.model = model;
      this.device = device;
    }

    @Override
    public void open(OpenContext context) {
      labeller = new SingleFrame(FlinkBaselines.open(opener, Path.of(model), device));
    }

    @Override
    public LabelledFrame map(FrameEvent event) throws Exception {
      return labeller.label((Frame) event);
    }
  }

  private static final class LabelOnPool extends RichAsyncFunction<FrameEvent, LabelledFrame> {
    private static final long serialVersionUID = 1L;
    private final ModelOpener opener;
    private final String model;
    private final String device;
    private transient SingleFrame labeller;
    private transient ExecutorService pool;

    LabelOnPool(ModelOpener opener, String model, String device) {
      this.opener = opener;
      this.model = model;
      this.device = device;
    }

    @Override
    public void open(OpenContext context) {
      labeller = new SingleFrame(FlinkBaselines.open(opener, Path.of(model), device));
      pool = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    }

    @Override
    public void asyncInvoke(FrameEvent event, ResultFuture<LabelledFrame> result) {
      CompletableFuture<Void> ignored =
          CompletableFuture.runAsync(
              () -> {
                try {
                  result.complete(List.of(labeller.label((Frame) event)));
                } catch (Exception e) {
                  result.completeExceptionally(e);
                }
              },
              pool);
    }

    @Override
    public void close() {
      if (pool != null) {
        pool.shutdownNow();
      }
    }
  }
}
