package dev.framelabel.pipeline;

import dev.framelabel.classify.ClassifierStatistics;
import dev.framelabel.classify.DecoderAtStart;
import dev.framelabel.classify.ResidentMemory;
import dev.framelabel.config.JobOptions;
import dev.framelabel.event.Frame;
import dev.framelabel.event.FrameEvent;
import dev.framelabel.event.Outcome;
import dev.framelabel.metrics.JobMetric;
import dev.framelabel.model.ModelMetadata;
import dev.framelabel.model.ModelOpener;
import dev.framelabel.pipeline.metrics.DeviceBusyRatio;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.externalresource.ExternalResourceInfo;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;

/**
 * Asynchronous function that hands frames to the worker's classifier and passes their outcomes on.
 * All tasks of a worker share one classifier, so their frames share its batches. Called on the
 * task's thread; results come back on the classifier's threads.
 */
public final class ClassifyFunction extends RichAsyncFunction<FrameEvent, Outcome> {
  private static final long serialVersionUID = 1L;
  private static final String GPU_RESOURCE = "gpu";

  private final JobOptions options;
  private final ModelOpener models;
  private final WorkerClassifiers classifiers;
  private final DecoderAtStart decoderAtStart;
  private transient LeasedClassifier leased;
  private transient Counter framesIn;
  private transient AtomicLong inFlightFrames;
  private transient volatile boolean closing;

  public ClassifyFunction(JobOptions options, ModelOpener models) {
    this(options, models, WorkerClassifiers.OF_THIS_PROCESS);
  }

  ClassifyFunction(JobOptions options, ModelOpener models, WorkerClassifiers classifiers) {
    this.options = options;
    this.models = models;
    this.classifiers = classifiers;
    this.decoderAtStart =
        DecoderAtStart.of(options.classifierSettings(options.get(JobOptions.DEVICE)));
  }

  @Override
  public void open(OpenContext openContext) {
    decoderAtStart.warnIfOther();
    leased = new LeasedClassifier(options, device(), models, classifiers.get());
    MetricGroup metrics = JobMetric.group(getRuntimeContext().getMetricGroup());
    inFlightFrames = new AtomicLong();
    framesIn = JobMetric.FRAMES_IN.counter(metrics);
    ClassifierStatistics statistics = leased.statistics();
    JobMetric.BATCHES.gauge(metrics, statistics::batches);
    JobMetric.BATCHED_FRAMES.gauge(metrics, statistics::frames);
    JobMetric.INFERENCE_NANOS.gauge(metrics, statistics::inferenceNanos);
    JobMetric.BATCH_SPLITS.gauge(metrics, statistics::batchSplits);
    JobMetric.DECODE_NANOS.gauge(metrics, statistics::decodeNanos);
    JobMetric.OPEN_TENSORS.gauge(metrics, () -> leased.classifier().openTensors());
    JobMetric.MODEL_LOAD_BYTES.gauge(metrics, () -> leased.classifier().openedBytes());
    JobMetric.RESIDENT_BYTES.gauge(metrics, ResidentMemory::bytes);
    JobMetric.IN_FLIGHT_FRAMES.gauge(metrics, inFlightFrames::get);
    JobMetric.IN_FLIGHT_BYTES.gauge(metrics, leased::inFlightBytes);
    JobMetric.DEVICE_BUSY_RATIO.gauge(
        metrics,
        new DeviceBusyRatio(() -> leased.classifier().deviceBusyNanos(), System::nanoTime));
    ModelMetadata model = leased.classifier().metadata();
    JobMetric.MODEL_INFO.gauge(metrics, () -> 1, model.name(), model.version());
  }

  /**
   * Returns the device of the options; an accelerator without a number is the one that Flink
   * assigned to this worker.
   */
  private String device() {
    String device = options.get(JobOptions.DEVICE);
    if (!device.equals("cuda") && !device.equals("tensorrt")) {
      return device;
    }
    Iterator<ExternalResourceInfo> assigned =
        getRuntimeContext().getExternalResourceInfos(GPU_RESOURCE).iterator();
    return assigned.hasNext()
        ? device + ":" + assigned.next().getProperty("index").orElse("0")
        : device;
  }

  @Override
  public void asyncInvoke(FrameEvent event, ResultFuture<Outcome> result) throws Exception {
    framesIn.inc();
    CompletableFuture<Outcome> outcome = leased.label(event);
    int frames = event instanceof Frame ? 1 : 0;
    inFlightFrames.addAndGet(frames);
    CompletableFuture<Outcome> ignored =
        outcome.whenComplete(
            (done, failure) -> {
              inFlightFrames.addAndGet(-frames);
              pass(done, failure, result);
            });
  }

  /**
   * Hands a result to Flink. A task that stops with a savepoint closes its function while frames
   * are in flight: they are in the savepoint, so their cancellation by the closed classifier is no
   * failure.
   */
  private void pass(Outcome outcome, Throwable failure, ResultFuture<Outcome> result) {
    if (closing) {
      return;
    }
    if (failure == null) {
      result.complete(List.of(outcome));
    } else {
      result.completeExceptionally(failure);
    }
  }

  @Override
  public void close() {
    closing = true;
    if (leased != null) {
      leased.close();
    }
  }
}
