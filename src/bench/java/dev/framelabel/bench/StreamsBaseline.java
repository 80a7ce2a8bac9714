package dev.framelabel.bench;

import dev.framelabel.event.Frame;
import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.SourcePosition;
import dev.framelabel.model.LabelModel;
import dev.framelabel.wire.ImageEvents;
import dev.framelabel.wire.LabelledFrames;
import dev.framelabel.wire.OutputFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;

/** What people write today on Kafka Streams: exactly once, one frame at a time. */
final class StreamsBaseline implements AutoCloseable {
  private final LabelModel model;
  private final KafkaStreams streams;

  /**
   * Starts it.
   *
   * @param name of the application
   * @param model is closed with it
   */
  StreamsBaseline(
      String bootstrapServers,
      String name,
      String frames,
      String labels,
      LabelModel model,
      Path folder) {
    this.model = model;
    SingleFrame labeller = new SingleFrame(model);
    ThreadLocal<ImageEvents> events = ThreadLocal.withInitial(ImageEvents::new);
    ThreadLocal<LabelledFrames> results = ThreadLocal.withInitial(LabelledFrames::new);
    StreamsBuilder builder = new StreamsBuilder();
    builder.stream(frames, Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()))
        .mapValues(
            value -> {
              SourcePosition unknown = new SourcePosition(frames, 0, 0);
              Frame frame = (Frame) events.get().read(value, unknown, Instant.now());
              return results.get().write(label(labeller, frame), OutputFormat.SINGLE_OBJECT);
            })
        .to(labels, Produced.with(Serdes.ByteArray(), Serdes.ByteArray()));
    streams = new KafkaStreams(builder.build(), settings(bootstrapServers, name, folder));
    streams.start();
  }

  private static LabelledFrame label(SingleFrame labeller, Frame frame) {
    try {
      return labeller.label(frame);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static Properties settings(String bootstrapServers, String name, Path folder) {
    Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, name);
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 1000);
    settings.put(
        StreamsConfig.NUM_STREAM_THREADS_CONFIG, Runtime.getRuntime().availableProcessors());
    settings.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
    settings.put(StreamsConfig.STATE_DIR_CONFIG, folder.resolve("streams").toString());
    settings.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
    return settings;
  }

  @Override
  public void close() {
    boolean ignored = streams.close(Duration.ofSeconds(20));
    model.close();
  }
}
