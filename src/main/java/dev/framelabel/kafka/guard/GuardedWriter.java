package dev.framelabel.kafka.guard;

import dev.framelabel.event.Outcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.TwoPhaseCommittingStatefulSink.PrecommittingStatefulSinkWriter;

/** The connector's writer, with a note of which frames went into the open transaction. */
final class GuardedWriter<T extends Outcome, StateT>
    implements StatefulSinkWriter<T, StateT>, CommittingSinkWriter<T, GuardedCommittable> {
  private final PrecommittingStatefulSinkWriter<T, StateT, KafkaCommittable> writer;
  private FrameRanges frames = new FrameRanges();
  private long begunMillis = System.currentTimeMillis();

  GuardedWriter(PrecommittingStatefulSinkWriter<T, StateT, KafkaCommittable> writer) {
    this.writer = writer;
  }

  @Override
  public void write(T outcome, Context context) throws IOException, InterruptedException {
    writer.write(outcome, context);
    frames.add(outcome.source());
  }

  @Override
  public void flush(boolean endOfInput) throws IOException, InterruptedException {
    writer.flush(endOfInput);
  }

  @Override
  public void writeWatermark(Watermark watermark) throws IOException, InterruptedException {
    writer.writeWatermark(watermark);
  }

  @Override
  public Collection<GuardedCommittable> prepareCommit() throws IOException, InterruptedException {
    List<GuardedCommittable> guarded = new ArrayList<>();
    for (KafkaCommittable committable : writer.prepareCommit()) {
      guarded.add(new GuardedCommittable(committable, frames, begunMillis));
    }
    frames = new FrameRanges();
    begunMillis = System.currentTimeMillis();
    return guarded;
  }

  @Override
  public List<StateT> snapshotState(long checkpointId) throws IOException {
    return writer.snapshotState(checkpointId);
  }

  @Override
  public void close() throws Exception {
    writer.close();
  }
}
