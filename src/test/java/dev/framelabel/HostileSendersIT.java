package dev.framelabel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.config.JobOptions;
import dev.framelabel.config.KafkaOptions;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.RejectionKind;
import dev.framelabel.event.SourcePosition;
import dev.framelabel.image.TestImages;
import dev.framelabel.kafka.admin.Topics;
import dev.framelabel.model.TestModels;
import dev.framelabel.tools.clients.OutcomeReader;
import dev.framelabel.tools.demo.ClusterControl;
import dev.framelabel.tools.demo.EmbeddedBroker;
import dev.framelabel.tools.demo.LocalCluster;
import dev.framelabel.wire.HostileEvents;
import dev.framelabel.wire.IncomingFrame;
import java.awt.Color;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Events of any field sizes through a real broker and a real job, whose result topics take 100 kB.
 * The job may not fail once.
 */
@Timeout(240)
class HostileSendersIT {
  private static final int MOST_SENT = 16 << 20;
  private static final int MOST_TAKEN = 100_000;
  private static final int RANDOM_EVENTS = 60;
  private static final byte[] PICTURE = TestImages.jpeg(64, 48, Color.RED);

  @TempDir private Path folder;

  @Test
  void eventsOfAnyFieldSizes_haveOneOutcomeEachAndFailNothing() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"));
        LocalCluster cluster = LocalCluster.start(1, 1, folder.resolve("flink"))) {
      Map<String, String> client = broker.client();
      List<String> ignored = Topics.create(client, List.of("frames"), 1, (short) 1, MOST_SENT);
      ignored = Topics.create(client, List.of("labels", "rejected"), 1, (short) 1, MOST_TAKEN);
      List<IncomingFrame> found = HostileEvents.found(PICTURE);
      List<IncomingFrame> events = new ArrayList<>(found);
      HostileEvents hostile = new HostileEvents(1, PICTURE);
      for (int i = 0; i < RANDOM_EVENTS; i++) {
        events.add(hostile.next());
      }
      Map<SourcePosition, Integer> outcomes = publish(client, events);
      // A bounded job that may not restart: it ends well, or with what failed it.
      ClusterControl.awaitEnd(
          cluster.submit(
              1,
              Optional.empty(),
              environment -> LabellingJob.addTo(environment, options(client), noRestart())));
      try (OutcomeReader reader =
          new OutcomeReader(client, "labels", "rejected", IsolationLevel.READ_COMMITTED)) {
        while (!reader.atEnd()) {
          for (Outcome outcome : reader.poll(Duration.ofMillis(200))) {
            Integer unused = outcomes.merge(outcome.source(), 1, Integer::sum);
            if (outcome.source().offset() < found.size()) {
              assertThat(((RejectedFrame) outcome).kind()).isEqualTo(RejectionKind.INVALID_EVENT);
            }
          }
        }
      }
      assertThat(outcomes).hasSize(events.size());
      assertThat(outcomes.values()).containsOnly(1);
    }
  }

  /** Publishes records as they are; returns their positions, each with 0 outcomes. */
  private static Map<SourcePosition, Integer> publish(
      Map<String, String> client, List<IncomingFrame> events) throws Exception {
    Map<String, Object> properties = new HashMap<>(client);
    properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MOST_SENT);
    properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, (long) MOST_SENT);
    Map<SourcePosition, Integer> positions = new HashMap<>();
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (IncomingFrame event : events) {
        ProducerRecord<byte[], byte[]> sent =
            new ProducerRecord<>("frames", event.key().array(), event.value().array());
        // A Kafka client counts a surrogate alone in a name wrongly, and its broker refuses that.
        event
            .headers()
            .forEach(
                (name, value) ->
                    sent.headers().add(new String(name.getBytes(UTF_8), UTF_8), value.array()));
        RecordMetadata at = producer.send(sent).get();
        positions.put(new SourcePosition("frames", 0, at.offset()), 0);
      }
    }
    return positions;
  }

  private static Configuration noRestart() {
    Configuration flink = new Configuration();
    flink.setString("restart-strategy.type", "none");
    return flink;
  }

  private static Configuration options(Map<String, String> client) {
    Configuration options = new Configuration();
    options.set(KafkaOptions.BOOTSTRAP_SERVERS, client.get("bootstrap.servers"));
    options.set(KafkaOptions.BOUNDED, true);
    options.set(KafkaOptions.MAX_RECORD_SIZE, new MemorySize(MOST_TAKEN));
    options.set(JobOptions.MODEL, TestModels.colour().toString());
    options.set(JobOptions.DEVICE, "cpu");
    options.set(JobOptions.CHECKPOINT_INTERVAL, Duration.ofMillis(300));
    options.set(JobOptions.MAX_QUEUE_DELAY, "10 ms");
    return options;
  }
}
