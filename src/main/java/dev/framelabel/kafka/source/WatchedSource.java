package dev.framelabel.kafka.source;

import dev.framelabel.event.FrameEvent;
import dev.framelabel.metrics.JobMetric;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.api.lineage.LineageVertex;
import org.apache.flink.streaming.api.lineage.LineageVertexProvider;
import org.apache.flink.util.ExceptionUtils;
import org.apache.kafka.clients.consumer.InvalidOffsetException;

/**
 * Kafka's source with a {@link PartitionWatch} beside each reader. Everything else, the state too,
 * is the wrapped source's. Each reader has two metrics in group {@code framelabel}:
 *
 * <ul>
 *   <li>{@code offsetsSkipped}, a counter: offsets that the topic's retention removed before the
 *       reader read them, since the reader started. Anything but 0 means lost frames.
 *   <li>{@code partitionsWaitingAtLastStableOffset}, a gauge: partitions of this reader in which
 *       all committed records are read and an open transaction of a publisher blocks the rest.
 *       Above 0 for longer than the publishers' transactions last: a hanging transaction, see
 *       {@code framelabel transactions list}.
 * </ul>
 */
final class WatchedSource
    implements Source<FrameEvent, KafkaPartitionSplit, KafkaSourceEnumState>,
        ResultTypeQueryable<FrameEvent>,
        LineageVertexProvider {
  private static final long serialVersionUID = 1L;

  private final KafkaSource<FrameEvent> source;
  private final FrameSource.FrameDeserializer deserializer;
  private final HashMap<String, String> client;
  private final Duration interval;

  /**
   * Wraps a source that reads committed records.
   *
   * @param deserializer the source's own, which tells of the records
   * @param client properties of the Kafka client
   * @param interval between two looks at the partitions' offsets
   */
  WatchedSource(
      KafkaSource<FrameEvent> source,
      FrameSource.FrameDeserializer deserializer,
      Map<String, String> client,
      Duration interval) {
    this.source = source;
    this.deserializer = deserializer;
    this.client = new HashMap<>(client);
    this.interval = interval;
  }

  @Override
  public SourceReader<FrameEvent, KafkaPartitionSplit> createReader(SourceReaderContext context)
      throws Exception {
    MetricGroup metrics = JobMetric.group(context.metricGroup());
    PartitionProgress progress =
        new PartitionProgress(
            JobMetric.OFFSETS_SKIPPED.counter(metrics, new ThreadSafeSimpleCounter()));
    JobMetric.PARTITIONS_WAITING.gauge(metrics, progress::waiting);
    deserializer.tell(progress);
    return new WatchedReader(
        source.createReader(context), progress, new PartitionWatch(client, interval, progress));
  }

  @Override
  public Boundedness getBoundedness() {
    return source.getBoundedness();
  }

  @Override
  public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> createEnumerator(
      SplitEnumeratorContext<KafkaPartitionSplit> context) {
    return source.createEnumerator(context);
  }

  @Override
  public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restoreEnumerator(
      SplitEnumeratorContext<KafkaPartitionSplit> context, KafkaSourceEnumState state)
      throws IOException {
    return source.restoreEnumerator(context, state);
  }

  @Override
  public SimpleVersionedSerializer<KafkaPartitionSplit> getSplitSerializer() {
    return source.getSplitSerializer();
  }

  @Override
  public SimpleVersionedSerializer<KafkaSourceEnumState> getEnumeratorCheckpointSerializer() {
    return source.getEnumeratorCheckpointSerializer();
  }

  @Override
  public TypeInformation<FrameEvent> getProducedType() {
    return source.getProducedType();
  }

  @Override
  public LineageVertex getLineageVertex() {
    return source.getLineageVertex();
  }

  /** Kafka's reader, which tells the progress what it does. Called by the task's thread. */
  private static final class WatchedReader
      implements SourceReader<FrameEvent, KafkaPartitionSplit> {
    private final SourceReader<FrameEvent, KafkaPartitionSplit> reader;
    private final PartitionProgress progress;
    private final PartitionWatch watch;

    WatchedReader(
        SourceReader<FrameEvent, KafkaPartitionSplit> reader,
        PartitionProgress progress,
        PartitionWatch watch) {
      this.reader = reader;
      this.progress = progress;
      this.watch = watch;
    }

    @Override
    public void start() {
      reader.start();
      watch.start();
    }

    @Override
    public InputStatus pollNext(ReaderOutput<FrameEvent> output) throws Exception {
      progress.idle(false);
      InputStatus status = poll(output);
      progress.idle(status == InputStatus.NOTHING_AVAILABLE);
      return status;
    }

    /** Polls the reader. Given offsets that are gone fail the job: a restart would not help. */
    private InputStatus poll(ReaderOutput<FrameEvent> output) throws Exception {
      try {
        return reader.pollNext(output);
      } catch (RuntimeException e) {
        Optional<InvalidOffsetException> gone =
            ExceptionUtils.findThrowable(e, InvalidOffsetException.class);
        if (gone.isPresent()) {
          throw new SuppressRestartsException(
              new IllegalStateException(
                  "--frame-offsets names offsets that the topic no longer holds: %s. Give the offsets that are left"
                      .formatted(gone.get().getMessage()),
                  e));
        }
        throw e;
      }
    }

    @Override
    public void addSplits(List<KafkaPartitionSplit> splits) {
      progress.assigned(splits);
      reader.addSplits(splits);
    }

    @Override
    public List<KafkaPartitionSplit> snapshotState(long checkpointId) {
      return reader.snapshotState(checkpointId);
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
      return reader.isAvailable();
    }

    @Override
    public void notifyNoMoreSplits() {
      reader.notifyNoMoreSplits();
    }

    @Override
    public void handleSourceEvents(SourceEvent event) {
      reader.handleSourceEvents(event);
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
      reader.notifyCheckpointComplete(checkpointId);
    }

    @Override
    public void notifyCheckpointAborted(long checkpointId) throws Exception {
      reader.notifyCheckpointAborted(checkpointId);
    }

    @Override
    public void pauseOrResumeSplits(Collection<String> toPause, Collection<String> toResume) {
      reader.pauseOrResumeSplits(toPause, toResume);
    }

    @Override
    public void close() throws Exception {
      try (reader) {
        watch.close();
      }
    }
  }
}
