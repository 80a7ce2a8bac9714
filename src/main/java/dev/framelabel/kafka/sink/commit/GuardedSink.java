package dev.framelabel.kafka.sink.commit;

import static java.util.Objects.requireNonNull;

import dev.framelabel.event.Outcome;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.TwoPhaseCommittingStatefulSink;
import org.apache.flink.connector.kafka.sink.TwoPhaseCommittingStatefulSink.PrecommittingStatefulSinkWriter;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.connector.sink2.SupportsPostCommitTopology;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;

/**
 * The connector's sink with a guard around its commits. Where the connector cannot commit a
 * transaction, it goes on as if it had: in a healthy recovery, where the transaction had been
 * committed before, and after a loss, where the broker had aborted it. The guard asks the broker
 * which case it is, and publishes lost results again.
 *
 * <p>A sink without transactions (at least once) commits too: a checkpoint that the job is restored
 * from may hold transactions of an exactly-once run.
 *
 * @param <T> what is written
 * @param <StateT> the connector's writer state
 * @param <SinkT> the connector's sink
 */
public final class GuardedSink<
        T extends Outcome,
        StateT,
        SinkT extends
            TwoPhaseCommittingStatefulSink<StampedOutcome<T>, StateT, KafkaCommittable>
                & SupportsPostCommitTopology<KafkaCommittable>>
    implements Sink<T>,
        SupportsWriterState<T, StateT>,
        SupportsCommitter<GuardedCommittable>,
        SupportsPostCommitTopology<GuardedCommittable> {
  private static final long serialVersionUID = 1L;

  private final SinkT sink;
  private final SinkT transactional;
  private final GuardSettings settings;

  /**
   * Wraps two sinks of the same topic.
   *
   * @param sink that writes
   * @param transactional that commits: an exactly-once sink, whatever the other one is
   */
  public GuardedSink(SinkT sink, SinkT transactional, GuardSettings settings) {
    this.sink = requireNonNull(sink, "sink");
    this.transactional = requireNonNull(transactional, "transactional");
    this.settings = requireNonNull(settings, "settings");
  }

  @Override
  public SinkWriter<T> createWriter(WriterInitContext context) throws IOException {
    return restoreWriter(context, List.of()); // as the connector's sink does
  }

  @Override
  public StatefulSinkWriter<T, StateT> restoreWriter(
      WriterInitContext context, Collection<StateT> state) throws IOException {
    try {
      return new GuardedWriter<>(guardable(sink.restoreWriter(context, state)), settings.topic());
    } catch (TransactionalIdAuthorizationException e) {
      throw refused(settings.topic(), e);
    }
  }

  /** Returns the error for a missing ACL: Kafka's own message names neither the id nor the ACL. */
  static IOException refused(String topic, TransactionalIdAuthorizationException cause) {
    return new IOException(
        ("the broker allows this user no transactions for topic %s: the ACL that is missing is"
                + " WRITE on transactional ids that begin with --transactional-id-prefix and a point;"
                + " docs/guides/security.md lists all")
            .formatted(topic),
        cause);
  }

  /** Returns the connector's writer as what it is; the connector declares less. */
  @SuppressWarnings("unchecked")
  private PrecommittingStatefulSinkWriter<StampedOutcome<T>, StateT, KafkaCommittable> guardable(
      SinkWriter<StampedOutcome<T>> writer) {
    return (PrecommittingStatefulSinkWriter<StampedOutcome<T>, StateT, KafkaCommittable>) writer;
  }

  @Override
  public SimpleVersionedSerializer<StateT> getWriterStateSerializer() {
    return sink.getWriterStateSerializer();
  }

  @Override
  public Committer<GuardedCommittable> createCommitter(CommitterInitContext context)
      throws IOException {
    return new GuardedCommitter(
        transactional.createCommitter(context),
        settings,
        context.metricGroup(),
        context.getTaskInfo().getNumberOfParallelSubtasks());
  }

  @Override
  public SimpleVersionedSerializer<GuardedCommittable> getCommittableSerializer() {
    return new GuardedCommittableSerializer(sink.getCommittableSerializer());
  }

  /**
   * Passes the topology on: the connector only marks transformations here, and never looks at the
   * elements.
   */
  @Override
  @SuppressWarnings({"unchecked", "rawtypes"})
  public void addPostCommitTopology(DataStream<CommittableMessage<GuardedCommittable>> committed) {
    sink.addPostCommitTopology((DataStream) committed);
  }
}
