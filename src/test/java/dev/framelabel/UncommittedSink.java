package dev.framelabel;

import java.io.IOException;
import java.util.Collection;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.connector.sink2.SupportsPostCommitTopology;
import org.apache.flink.streaming.api.datastream.DataStream;

/** The product's sink as of a worker that fails before each commit. */
@SuppressWarnings("unchecked") // the sink is what its builder does not say
final class UncommittedSink<T, StateT, CommT>
    implements Sink<T>,
        SupportsWriterState<T, StateT>,
        SupportsCommitter<CommT>,
        SupportsPostCommitTopology<CommT> {
  private static final long serialVersionUID = 1L;

  private final Sink<T> sink;

  private UncommittedSink(Sink<T> sink) {
    this.sink = sink;
  }

  static <T> Sink<T> of(Sink<T> sink) {
    return new UncommittedSink<T, Object, Object>(sink);
  }

  @Override
  public SinkWriter<T> createWriter(WriterInitContext context) throws IOException {
    return sink.createWriter(context);
  }

  @Override
  public StatefulSinkWriter<T, StateT> restoreWriter(
      WriterInitContext context, Collection<StateT> state) throws IOException {
    return ((SupportsWriterState<T, StateT>) sink).restoreWriter(context, state);
  }

  @Override
  public SimpleVersionedSerializer<StateT> getWriterStateSerializer() {
    return ((SupportsWriterState<T, StateT>) sink).getWriterStateSerializer();
  }

  @Override
  public SimpleVersionedSerializer<CommT> getCommittableSerializer() {
    return ((SupportsCommitter<CommT>) sink).getCommittableSerializer();
  }

  @Override
  public void addPostCommitTopology(DataStream<CommittableMessage<CommT>> committed) {
    ((SupportsPostCommitTopology<CommT>) sink).addPostCommitTopology(committed);
  }

  @Override
  public Committer<CommT> createCommitter(CommitterInitContext context) {
    return new Committer<>() {
      @Override
      public void commit(Collection<CommitRequest<CommT>> requests) throws IOException {
        if (!requests.isEmpty()) {
          throw new IOException("the worker fails before its commit");
        }
      }

      @Override
      public void close() {
        // It holds nothing.
      }
    };
  }
}
