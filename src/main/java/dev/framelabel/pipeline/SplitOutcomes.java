package dev.framelabel.pipeline;

import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.RejectionKind;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/** Sends labelled frames on and rejected ones aside, and counts both. */
final class SplitOutcomes extends ProcessFunction<Outcome, LabelledFrame> {
  private static final long serialVersionUID = 1L;

  static final OutputTag<RejectedFrame> REJECTED =
      new OutputTag<>("rejected", new EventTypeInformation<>(RejectedFrame.class));

  private transient Counter labelled;
  private transient Map<RejectionKind, Counter> rejected;

  @Override
  public void open(OpenContext openContext) {
    MetricGroup metrics = getRuntimeContext().getMetricGroup().addGroup("framelabel");
    labelled = metrics.counter("labelled");
    rejected = new EnumMap<>(RejectionKind.class);
    for (RejectionKind kind : RejectionKind.values()) {
      rejected.put(
          kind, metrics.addGroup("kind", kind.name().toLowerCase(Locale.ROOT)).counter("rejected"));
    }
  }

  @Override
  public void processElement(Outcome outcome, Context context, Collector<LabelledFrame> out) {
    if (outcome instanceof LabelledFrame frame) {
      labelled.inc();
      out.collect(frame);
    } else {
      RejectedFrame frame = (RejectedFrame) outcome;
      rejected.get(frame.kind()).inc();
      context.output(REJECTED, frame);
    }
  }
}
