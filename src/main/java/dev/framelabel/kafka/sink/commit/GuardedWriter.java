package dev.framelabel.kafka.sink.commit;

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
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connector's writer, with a note of which frames went into the open transaction. Each instance
 * has a random id of its own, which it hands on with each outcome.
 */
final class GuardedWriter<T extends Outcome, StateT>
    implements StatefulSinkWriter<T, StateT>, CommittingSinkWriter<T, GuardedCommittable> {
  private static final Logger LOG = LoggerFactory.getLogger(GuardedWriter.class);

  private final PrecommittingStatefulSinkWriter<StampedOutcome<T>, StateT, KafkaCommittable> writer;
  private final String topic;
  private final String id = ResultHeaders.newWriter();
  private FrameRanges frames = new FrameRanges();
  private long begunMillis = System.currentTimeMillis();

  GuardedWriter(
      PrecommittingStatefulSinkWriter<StampedOutcome<T>, StateT, KafkaCommittable> writer,
      String topic) {
    this.writer = writer;
    this.topic = topic;
  }

  @Override
  public void write(T outcome, Context context) throws IOException, InterruptedException {
    writer.write(new StampedOutcome<>(outcome, id), context);
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
      guarded.add(new GuardedCommittable(committable, frames, begunMillis, id));
    }
    frames = new FrameRanges();
    begunMillis = System.currentTimeMillis();
    return guarded;
  }

  @Override
  public List<StateT> snapshotState(long checkpointId) throws IOException {
    // The next transaction begins here.
    try {
      return writer.snapshotState(checkpointId);
    } catch (TransactionalIdAuthorizationException e) {
      throw GuardedSink.refused(topic, e);
    }
  }

  /**
   * Closes the connector's writer; never throws. Results whose sending fails only now are in no
   * checkpoint, because {@link #flush} would have thrown the error. Their frames are labelled
   * again. An error thrown from here would end more than this job: Flink takes an error in the
   * clean-up of a failed task as fatal, and ends the whole TaskManager.
   */
  @Override
  public void close() {
    try {
      writer.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      LOG.warn(
          "The writer was closed with unsent results: topic={}. No checkpoint holds them. Their"
              + " frames are labelled again after the restart; nothing is lost. See the runbook,"
              + " section 'Job restarts again and again'",
          topic,
          e);
    }
  }
}
