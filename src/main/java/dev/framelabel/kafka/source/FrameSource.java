package dev.framelabel.kafka.source;

import dev.framelabel.config.KafkaOptions;
import dev.framelabel.event.FrameEvent;
import dev.framelabel.wire.ImageEvents;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;

/**
 * Factory of the source of frames. A record that cannot be read comes out as a rejected frame: it
 * never fails the job. A schema registry that has to be asked and does not answer fails the job.
 *
 * <p>The source reads committed records only ({@code isolation.level=read_committed}): frames of
 * aborted transactions are not read. It waits at the last stable offset while a publisher's
 * transaction is open; a bounded source too, where the transaction was open at its start. The
 * isolation level is no choice of the user's: {@code isolation.level=read_uncommitted} in the file
 * of {@code --kafka-properties} is refused, for silence would mean other records than the file
 * says.
 */
public final class FrameSource {
  private static final String ISOLATION = ConsumerConfig.ISOLATION_LEVEL_CONFIG;
  private static final String COMMITTED = "read_committed";
  private static final Duration LOOK_INTERVAL = Duration.ofSeconds(10);

  private FrameSource() {}

  /**
   * Builds the source; sends no request.
   *
   * @param type how Flink carries frame events
   * @throws IllegalArgumentException if {@link KafkaOptions#isolationFault} finds one
   */
  public static Source<FrameEvent, KafkaPartitionSplit, KafkaSourceEnumState> build(
      KafkaOptions options, TypeInformation<FrameEvent> type) {
    return build(options, type, LOOK_INTERVAL);
  }

  /**
   * Builds a source that looks at the partitions' offsets at its own interval.
   *
   * @param lookInterval between two looks at the partitions' offsets
   */
  static Source<FrameEvent, KafkaPartitionSplit, KafkaSourceEnumState> build(
      KafkaOptions options, TypeInformation<FrameEvent> type, Duration lookInterval) {
    Optional<String> fault = options.isolationFault();
    if (fault.isPresent()) {
      throw new IllegalArgumentException(fault.get() + ". Remove the line from the file");
    }
    FrameDeserializer deserializer = new FrameDeserializer(options, type);
    KafkaSourceBuilder<FrameEvent> builder =
        KafkaSource.<FrameEvent>builder()
            .setProperties(options.clientProperties())
            .setBootstrapServers(options.get(KafkaOptions.BOOTSTRAP_SERVERS))
            .setGroupId(options.get(KafkaOptions.GROUP_ID))
            .setProperty(
                "partition.discovery.interval.ms",
                Long.toString(options.get(KafkaOptions.PARTITION_DISCOVERY_INTERVAL).toMillis()))
            .setProperty(ISOLATION, COMMITTED)
            .setDeserializer(deserializer);
    if (options.frameOffsets().isPresent()) {
      SelectedFrames selected = new SelectedFrames(options.frameOffsets().get());
      selected.limit(builder);
      builder.setDeserializer(selected.only(deserializer));
    } else {
      builder.setTopics(options.get(KafkaOptions.FRAMES_TOPIC)).setStartingOffsets(start(options));
      if (options.get(KafkaOptions.BOUNDED)) {
        builder.setBounded(OffsetsInitializer.latest());
      }
    }
    return new WatchedSource(builder.build(), deserializer, options.client(), lookInterval);
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

  /** Deserializer of records to frame events; tells the reader's progress of each. */
  static final class FrameDeserializer implements KafkaRecordDeserializationSchema<FrameEvent> {
    private static final long serialVersionUID = 1L;

    private final FrameReaderFactory reading;
    private final TypeInformation<FrameEvent> type;
    private transient ImageEvents events;
    private transient PartitionProgress progress;

    FrameDeserializer(KafkaOptions options, TypeInformation<FrameEvent> type) {
      this.reading = FrameReaderFactory.of(options);
      this.type = type;
    }

    @Override
    public void open(DeserializationSchema.InitializationContext context) {
      events = reading.open();
    }

    /** Sets the listener; to be called before the first record is read. */
    void tell(PartitionProgress listener) {
      progress = listener;
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> entry, Collector<FrameEvent> out) {
      progress.read(entry.topic(), entry.partition(), entry.offset());
      out.collect(events.read(IncomingRecords.frame(entry), Instant.now()));
    }

    @Override
    public TypeInformation<FrameEvent> getProducedType() {
      return type;
    }
  }
}
