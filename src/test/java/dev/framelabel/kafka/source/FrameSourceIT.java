package dev.framelabel.kafka.source;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.config.KafkaOptions;
import dev.framelabel.event.Bytes;
import dev.framelabel.event.Frame;
import dev.framelabel.event.FrameEvent;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.RejectionKind;
import dev.framelabel.event.TestEvents;
import dev.framelabel.kafka.FetchedValues;
import dev.framelabel.kafka.admin.Topics;
import dev.framelabel.pipeline.state.EventTypeInformation;
import dev.framelabel.tools.clients.FramePublisher;
import dev.framelabel.tools.demo.EmbeddedBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames as Flink's Kafka source hands them on, from a real broker. */
@Timeout(60)
class FrameSourceIT {
  private static final int FRAMES = 20;
  private static final int IMAGE_BYTES = 1_000;

  /**
   * What the source handed on: Flink runs in this process, and the map is chained to the source.
   */
  private static final Queue<FrameEvent> EVENTS = new ConcurrentLinkedQueue<>();

  @TempDir private Path folder;
  private EmbeddedBroker broker;

  @BeforeEach
  void start() {
    EVENTS.clear();
    broker = EmbeddedBroker.start(folder, Map.of());
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  /**
   * The images of all frames are parts of what Kafka's client fetched: one array for them together,
   * or where the producer compressed the records, the one that each was unpacked into.
   */
  @ParameterizedTest
  @ValueSource(strings = {"none", "gzip", "lz4"})
  void frames_ofATopic_arePartsOfWhatWasFetched(String compression) throws Exception {
    publish(compression);
    read();
    assertThat(EVENTS).hasSize(FRAMES + 3);
    Set<Integer> arrays = new HashSet<>();
    int frames = 0;
    for (FrameEvent event : EVENTS) {
      if (event instanceof Frame frame) {
        Bytes image = frame.image().bytes();
        assertThat(frame.frameId()).isEqualTo(Integer.toString(frames));
        assertThat(image.array()).isEqualTo(image(frames));
        assertThat(image.buffer().array()).hasSizeGreaterThan(image.length());
        assertThat(image.heldLength()).isBetween(IMAGE_BYTES + 1, 2 * IMAGE_BYTES);
        // A copy of the value would fill its array; a record's own has its key and lengths too.
        assertThat(image.buffer().array()).hasSizeGreaterThan(image.heldLength());
        arrays.add(System.identityHashCode(image.buffer().array()));
        frames++;
      }
    }
    assertThat(frames).isEqualTo(FRAMES);
    // 20 records of a kilobyte lie in one or two batches of the producer, fetched at once.
    assertThat(arrays)
        .hasSizeBetween(
            compression.equals("none") ? 1 : FRAMES, compression.equals("none") ? 2 : FRAMES);
    assertThat(EVENTS)
        .filteredOn(RejectedFrame.class::isInstance)
        .extracting(event -> (RejectedFrame) event)
        .allMatch(rejected -> rejected.kind() == RejectionKind.UNREADABLE_EVENT)
        .extracting(rejected -> new String(rejected.original().array(), US_ASCII))
        .containsExactly("no event", "", "");
  }

  /** A consumer's interceptor sees no value; it stands among the headers that it must leave. */
  @Test
  void interceptor_ofARecord_seesAnEmptyValue() {
    publish("none");
    Map<String, Object> client = new HashMap<>(broker.client());
    client.put("key.deserializer", ByteArrayDeserializer.class);
    client.put("value.deserializer", FetchedValues.class);
    client.put("interceptor.classes", Watching.class.getName());
    TopicPartition partition = new TopicPartition("frames", 0);
    List<Bytes> values = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(client)) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      while (values.size() < FRAMES) {
        consumer
            .poll(Duration.ofSeconds(1))
            .forEach(entry -> values.add(FetchedValues.of(entry.headers(), entry.value())));
      }
    }
    assertThat(Watching.SEEN).hasSameSizeAs(values).containsOnly(0, -1);
    assertThat(values.get(0).length()).isGreaterThan(IMAGE_BYTES);
  }

  /** Notes how long the values are that it sees; -1 for none. */
  public static final class Watching implements ConsumerInterceptor<byte[], byte[]> {
    static final List<Integer> SEEN = new ArrayList<>();

    @Override
    public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> polled) {
      polled.forEach(entry -> SEEN.add(entry.value() == null ? -1 : entry.value().length));
      return polled;
    }

    @Override
    public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {
      // Nothing is committed.
    }

    @Override
    public void configure(Map<String, ?> settings) {
      // It has none.
    }

    @Override
    public void close() {
      // It holds nothing.
    }
  }

  private void publish(String compression) {
    Map<String, String> client = new HashMap<>(broker.client());
    client.put("compression.type", compression);
    client.put("linger.ms", "500");
    client.put("batch.size", Integer.toString(FRAMES * 2 * IMAGE_BYTES));
    List<String> ignored = Topics.create(broker.client(), List.of("frames"), 1, (short) 1, 1 << 20);
    List<CompletableFuture<Void>> sent = new ArrayList<>();
    try (FramePublisher publisher = new FramePublisher(client, "frames", 1 << 20)) {
      for (int i = 0; i < FRAMES; i++) {
        sent.add(publisher.publish(TestEvents.frame(Integer.toString(i), image(i))));
      }
      sent.add(publisher.publish("camera", "no event".getBytes(US_ASCII)));
      sent.add(publisher.publish("camera", new byte[0]));
      sent.add(publisher.publish("camera", null));
      sent.forEach(CompletableFuture::join);
    }
  }

  private static byte[] image(int number) {
    byte[] image = new byte[IMAGE_BYTES];
    Arrays.fill(image, (byte) (number + 1));
    return image;
  }

  private void read() throws Exception {
    Configuration options = new Configuration();
    options.set(KafkaOptions.BOOTSTRAP_SERVERS, broker.client().get("bootstrap.servers"));
    options.set(KafkaOptions.BOUNDED, true);
    StreamExecutionEnvironment environment = StreamExecutionEnvironment.createLocalEnvironment(1);
    environment
        .fromSource(
            FrameSource.build(
                new KafkaOptions(options), new EventTypeInformation<>(FrameEvent.class)),
            WatermarkStrategy.noWatermarks(),
            "frames")
        .map(
            event -> {
              EVENTS.add(event);
              return 0;
            })
        .returns(Integer.class)
        .sinkTo(new DiscardingSink<>());
    environment.execute();
  }
}
