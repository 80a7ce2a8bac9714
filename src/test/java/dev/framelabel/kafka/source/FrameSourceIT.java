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
import dev.framelabel.kafka.admin.Topics;
import dev.framelabel.pipeline.state.EventTypeInformation;
import dev.framelabel.tools.clients.FramePublisher;
import dev.framelabel.tools.demo.EmbeddedBroker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
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

  @ParameterizedTest
  @ValueSource(strings = {"none", "gzip", "lz4"})
  void frames_ofATopic_comeWholeAndOthersAreRejected(String compression) throws Exception {
    publish(compression);
    read();
    assertThat(EVENTS).hasSize(FRAMES + 3);
    int frames = 0;
    for (FrameEvent event : EVENTS) {
      if (event instanceof Frame frame) {
        Bytes image = frame.image().bytes();
        assertThat(frame.frameId()).isEqualTo(Integer.toString(frames));
        assertThat(image.array()).isEqualTo(image(frames));
        frames++;
      }
    }
    assertThat(frames).isEqualTo(FRAMES);
    assertThat(EVENTS)
        .filteredOn(RejectedFrame.class::isInstance)
        .extracting(event -> (RejectedFrame) event)
        .allMatch(rejected -> rejected.kind() == RejectionKind.UNREADABLE_EVENT)
        .extracting(rejected -> new String(rejected.original().array(), US_ASCII))
        .containsExactly("no event", "", "");
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
