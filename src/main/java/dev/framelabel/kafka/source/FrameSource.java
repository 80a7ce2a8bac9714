package dev.framelabel.kafka.source;

import dev.framelabel.config.KafkaOptions;
import dev.framelabel.event.FrameEvent;
import dev.framelabel.wire.ImageEvents;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;

/**
 * Builds the source of frames. A record that cannot be read comes out as a rejected frame: it never
 * fails the job. A schema registry that has to be asked and does not answer does.
 */
public final class FrameSource {
  private FrameSource() {}

  /**
   * @param type how Flink carries frame events
   */
  public static KafkaSource<FrameEvent> build(
      KafkaOptions options, TypeInformation<FrameEvent> type) {
    KafkaSourceBuilder<FrameEvent> builder =
        KafkaSource.<FrameEvent>builder()
            .setProperties(options.clientProperties())
            .setBootstrapServers(options.get(KafkaOptions.BOOTSTRAP_SERVERS))
            .setTopics(options.get(KafkaOptions.FRAMES_TOPIC))
            .setGroupId(options.get(KafkaOptions.GROUP_ID))
            .setStartingOffsets(start(options))
            .setProperty(
                "partition.discovery.interval.ms",
                Long.toString(options.get(KafkaOptions.PARTITION_DISCOVERY).toMillis()))
            .setDeserializer(new FrameDeserializer(options, type));
    if (options.get(KafkaOptions.BOUNDED)) {
      builder.setBounded(OffsetsInitializer.latest());
    }
    return builder.build();
  }

  @SuppressWarnings("deprecation") // the connector takes Kafka's old enum and no other
  private static OffsetsInitializer start(KafkaOptions options) {
    return options
        .startTime()
        .<OffsetsInitializer>map(FromTime::new)
        .orElseGet(() -> OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST));
  }

  /**
   * The first offsets of a time or later. Where retention has overtaken the reader, it goes on at
   * the earliest record that is left; the connector's own initializer would jump to the end.
   */
  private static final class FromTime implements OffsetsInitializer {
    private static final long serialVersionUID = 1L;

    private final OffsetsInitializer first;

    FromTime(Instant time) {
      first = OffsetsInitializer.timestamp(time.toEpochMilli());
    }

    @Override
    public Map<TopicPartition, Long> getPartitionOffsets(
        Collection<TopicPartition> partitions, PartitionOffsetsRetriever retriever) {
      return first.getPartitionOffsets(partitions, retriever);
    }

    @Override
    @SuppressWarnings("deprecation") // the connector takes Kafka's old enum and no other
    public OffsetResetStrategy getAutoOffsetResetStrategy() {
      return OffsetResetStrategy.EARLIEST;
    }
  }

  private static final class FrameDeserializer
      implements KafkaRecordDeserializationSchema<FrameEvent> {
    private static final long serialVersionUID = 1L;

    private final FrameReaderFactory reading;
    private final TypeInformation<FrameEvent> type;
    private transient ImageEvents events;
    private transient OffsetGaps gaps;

    FrameDeserializer(KafkaOptions options, TypeInformation<FrameEvent> type) {
      this.reading = FrameReaderFactory.of(options);
      this.type = type;
    }

    @Override
    public void open(DeserializationSchema.InitializationContext context) {
      events = reading.open();
      gaps =
          new OffsetGaps(context.getMetricGroup().addGroup("framelabel").counter("offsetsSkipped"));
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> entry, Collector<FrameEvent> out) {
      gaps.see(entry.topic(), entry.partition(), entry.offset());
      out.collect(events.read(IncomingRecords.frame(entry), Instant.now()));
    }

    @Override
    public TypeInformation<FrameEvent> getProducedType() {
      return type;
    }
  }
}
