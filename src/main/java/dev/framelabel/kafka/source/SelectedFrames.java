package dev.framelabel.kafka.source;

import static java.util.stream.Collectors.groupingBy;

import dev.framelabel.config.FrameOffsets;
import dev.framelabel.event.FrameEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;

/**
 * A source that reads the frames at given offsets, and then ends. It reads each partition from its
 * first given offset to its last one, and drops the frames between that are not given.
 */
final class SelectedFrames implements OffsetsInitializer {
  private static final long serialVersionUID = 1L;

  private final HashMap<TopicPartition, ArrayList<FrameOffsets.Range>> ranges = new HashMap<>();

  SelectedFrames(FrameOffsets offsets) {
    offsets.ranges().stream()
        .collect(groupingBy(range -> new TopicPartition(range.topic(), range.partition())))
        .forEach((partition, found) -> ranges.put(partition, new ArrayList<>(found)));
  }

  /** Sets what the source reads, where it starts and where it ends. */
  void limit(KafkaSourceBuilder<FrameEvent> source) {
    Map<TopicPartition, Long> ends = new HashMap<>();
    ranges.forEach((partition, found) -> ends.put(partition, last(found) + 1));
    KafkaSourceBuilder<FrameEvent> ignored =
        source
            .setPartitions(new HashSet<>(ranges.keySet()))
            .setStartingOffsets(this)
            .setBounded(OffsetsInitializer.offsets(ends));
  }

  private static long last(List<FrameOffsets.Range> ranges) {
    return ranges.get(ranges.size() - 1).last();
  }

  /**
   * Returns where the partitions start.
   *
   * @throws SuppressRestartsException if a partition no longer holds its given offsets, or does not
   *     hold them yet: the job would label less than was asked for
   */
  @Override
  public Map<TopicPartition, Long> getPartitionOffsets(
      Collection<TopicPartition> partitions, PartitionOffsetsRetriever retriever) {
    Map<TopicPartition, Long> beginnings = retriever.beginningOffsets(partitions);
    Map<TopicPartition, Long> ends = retriever.endOffsets(partitions);
    Map<TopicPartition, Long> starts = new HashMap<>();
    for (TopicPartition partition : partitions) {
      List<FrameOffsets.Range> found = ranges.get(partition);
      long first = found.get(0).first();
      if (first < beginnings.get(partition) || last(found) >= ends.get(partition)) {
        throw new SuppressRestartsException(
            new IllegalArgumentException(
                ("--frame-offsets names offsets %s..%s of %s; the topic holds %s..%s. Frames that"
                        + " retention has removed cannot be labelled again")
                    .formatted(
                        first,
                        last(found),
                        partition,
                        beginnings.get(partition),
                        ends.get(partition) - 1)));
      }
      starts.put(partition, first);
    }
    return starts;
  }

  @Override
  @SuppressWarnings("deprecation") // the connector takes Kafka's old enum and no other
  public OffsetResetStrategy getAutoOffsetResetStrategy() {
    return OffsetResetStrategy.NONE;
  }

  private boolean contains(ConsumerRecord<byte[], byte[]> entry) {
    return ranges
        .getOrDefault(new TopicPartition(entry.topic(), entry.partition()), new ArrayList<>())
        .stream()
        .anyMatch(range -> range.contains(entry.offset()));
  }

  /** Returns a deserializer that drops the frames that are not given. */
  KafkaRecordDeserializationSchema<FrameEvent> only(
      KafkaRecordDeserializationSchema<FrameEvent> all) {
    return new Deserializer(all, this);
  }

  private static final class Deserializer implements KafkaRecordDeserializationSchema<FrameEvent> {
    private static final long serialVersionUID = 1L;

    private final KafkaRecordDeserializationSchema<FrameEvent> all;
    private final SelectedFrames selected;

    Deserializer(KafkaRecordDeserializationSchema<FrameEvent> all, SelectedFrames selected) {
      this.all = all;
      this.selected = selected;
    }

    @Override
    public void open(DeserializationSchema.InitializationContext context) throws Exception {
      all.open(context);
    }

    /** Drops frames that are not given, but reads them: gaps in the offsets are counted there. */
    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> entry, Collector<FrameEvent> out)
        throws IOException {
      all.deserialize(entry, selected.contains(entry) ? out : new Discarding());
    }

    @Override
    public TypeInformation<FrameEvent> getProducedType() {
      return all.getProducedType();
    }
  }

  private static final class Discarding implements Collector<FrameEvent> {
    @Override
    public void collect(FrameEvent event) {
      // Not asked for.
    }

    @Override
    public void close() {
      // Holds nothing.
    }
  }
}
