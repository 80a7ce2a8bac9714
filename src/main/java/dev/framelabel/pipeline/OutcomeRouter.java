package dev.framelabel.pipeline;

import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.RejectionKind;
import dev.framelabel.metrics.JobMetric;
import dev.framelabel.pipeline.metrics.ClockSkewMonitor;
import dev.framelabel.pipeline.metrics.LatencyByGroup;
import dev.framelabel.pipeline.state.EventTypeInformation;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Router that sends labelled frames on and rejected ones aside, counts both, and measures where the
 * time went.
 */
final class OutcomeRouter extends ProcessFunction<Outcome, LabelledFrame> {
  private static final long serialVersionUID = 1L;

  static final OutputTag<RejectedFrame> REJECTED =
      new OutputTag<>("rejected", new EventTypeInformation<>(RejectedFrame.class));

  private final ResultLimit limit;
  private transient Counter labelled;
  private transient Map<RejectionKind, Counter> rejected;
  private transient LatencyByGroup latency;
  private transient ClockSkewMonitor clocks;
  private transient Histogram batchSize;
  private transient Histogram queueMicros;
  private transient Histogram decodeMicros;
  private transient Histogram inferenceMicros;

  OutcomeRouter(ResultLimit limit) {
    this.limit = limit;
  }

  @Override
  public void open(OpenContext openContext) {
    MetricGroup metrics = JobMetric.group(getRuntimeContext().getMetricGroup());
    labelled = JobMetric.FRAMES_LABELLED.counter(metrics);
    rejected = new EnumMap<>(RejectionKind.class);
    for (RejectionKind kind : RejectionKind.values()) {
      rejected.put(
          kind, JobMetric.FRAMES_REJECTED.counter(metrics, kind.name().toLowerCase(Locale.ROOT)));
    }
    clocks = new ClockSkewMonitor(metrics);
    latency = new LatencyByGroup(metrics);
    batchSize = JobMetric.BATCH_SIZE.histogram(metrics);
    queueMicros = JobMetric.QUEUE_MICROS.histogram(metrics);
    decodeMicros = JobMetric.DECODE_MICROS.histogram(metrics);
    inferenceMicros = JobMetric.INFERENCE_MICROS.histogram(metrics);
  }

  @Override
  public void processElement(Outcome found, Context context, Collector<LabelledFrame> out) {
    Outcome outcome = limit.fit(found);
    if (outcome instanceof LabelledFrame frame) {
      labelled.inc();
      measure(frame);
      out.collect(frame);
    } else {
      RejectedFrame frame = (RejectedFrame) outcome;
      rejected.get(frame.kind()).inc();
      context.output(REJECTED, frame);
    }
  }

  private void measure(LabelledFrame frame) {
    Instant now = Instant.now();
    clocks.see(frame.cameraId(), frame.capturedAt(), now);
    latency.add(frame.attributes(), Duration.between(frame.capturedAt(), now).toMillis());
    batchSize.update(frame.timings().batchSize());
    queueMicros.update(frame.timings().queueMicros());
    decodeMicros.update(frame.timings().decodeMicros());
    inferenceMicros.update(frame.timings().inferenceMicros());
  }
}
