package dev.framelabel.testing.chaos;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
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

/** The product's exactly-once sink, which passes the fault points on its way. */
@SuppressWarnings("unchecked") // the sink is what its builder does not say
final class FaultySink<T, StateT, CommT>
    implements Sink<T>,
        SupportsWriterState<T, StateT>,
        SupportsCommitter<CommT>,
        SupportsPostCommitTopology<CommT> {
  private static final long serialVersionUID = 1L;

  private final Sink<T> sink;
  private final String folder;

  FaultySink(Sink<T> sink, String folder) {
    this.sink = sink;
    this.folder = folder;
  }

  @Override
  public SinkWriter<T> createWriter(WriterInitContext context) throws IOException {
    return new Writer((StatefulSinkWriter<T, StateT>) sink.createWriter(context));
  }

  @Override
  public StatefulSinkWriter<T, StateT> restoreWriter(
      WriterInitContext context, Collection<StateT> state) throws IOException {
    return new Writer(((SupportsWriterState<T, StateT>) sink).restoreWriter(context, state));
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
  public Committer<CommT> createCommitter(CommitterInitContext context) throws IOException {
    Committer<CommT> committer = ((SupportsCommitter<CommT>) sink).createCommitter(context);
    return new Committer<>() {
      @Override
      public void commit(Collection<CommitRequest<CommT>> requests)
          throws IOException, InterruptedException {
        if (!requests.isEmpty()) {
          FaultPoint.BEFORE_COMMIT.pass(folder);
          FaultPoint.HELD_COMMIT.pass(folder);
        }
        committer.commit(requests);
        if (!requests.isEmpty()) {
          FaultPoint.AFTER_COMMIT.pass(folder);
        }
      }

      @Override
      public void close() throws Exception {
        committer.close();
      }
    };
  }

  private final class Writer
      implements StatefulSinkWriter<T, StateT>, CommittingSinkWriter<T, CommT> {
    private final StatefulSinkWriter<T, StateT> writer;

    Writer(StatefulSinkWriter<T, StateT> writer) {
      this.writer = writer;
    }

    @Override
    public void write(T element, Context context) throws IOException, InterruptedException {
      writer.write(element, context);
      FaultPoint.BEFORE_BARRIER.pass(folder);
      FaultPoint.EXCEPTION.pass(folder);
    }

    @Override
    public Collection<CommT> prepareCommit() throws IOException, InterruptedException {
      Collection<CommT> prepared = ((CommittingSinkWriter<T, CommT>) writer).prepareCommit();
      if (!prepared.isEmpty()) {
        FaultPoint.AFTER_PRECOMMIT.pass(folder);
      }
      return prepared;
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
    public List<StateT> snapshotState(long checkpointId) throws IOException {
      return writer.snapshotState(checkpointId);
    }

    @Override
    public void close() throws Exception {
      writer.close();
    }
  }
}
