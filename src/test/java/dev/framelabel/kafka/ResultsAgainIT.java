package dev.framelabel.kafka;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.framelabel.config.JobOptions;
import dev.framelabel.config.KafkaOptions;
import dev.framelabel.event.Frame;
import dev.framelabel.event.Image;
import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.RejectionKind;
import dev.framelabel.event.SourcePosition;
import dev.framelabel.event.TestEvents;
import dev.framelabel.image.Pictures;
import dev.framelabel.kafka.admin.Topics;
import dev.framelabel.model.ModelOpener;
import dev.framelabel.model.TestModels;
import dev.framelabel.pipeline.LabelAgain;
import dev.framelabel.tools.clients.FramePublisher;
import dev.framelabel.tools.demo.EmbeddedBroker;
import dev.framelabel.wire.ImageEvents;
import dev.framelabel.wire.LabelledFrames;
import dev.framelabel.wire.OutputFormat;
import dev.framelabel.wire.RejectedFrames;
import java.awt.Color;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.LongStream;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Frames of a real topic, read again by their offsets and labelled by a real session. */
@Timeout(60)
class ResultsAgainIT {
  private static final List<Color> COLOURS = List.of(Color.RED, Color.GREEN, Color.BLUE);
  private static final List<String> NAMES = List.of("red", "green", "blue");
  private static final int FRAMES = 100;
  private static final int UNREADABLE = 10;

  @TempDir private Path folder;

  private final List<ProducerRecord<byte[], byte[]>> results = new ArrayList<>();
  private EmbeddedBroker broker;

  /** Frame {@code i} stands at offset i of partition 0; record 10 of them is no event. */
  @BeforeEach
  void publish() {
    broker = EmbeddedBroker.start(folder, Map.of());
    List<String> ignored =
        Topics.create(
            broker.client(), List.of("frames", "labels", "rejected"), 1, (short) 1, 1 << 20);
    try (FramePublisher publisher = new FramePublisher(broker.client(), "frames", 1 << 20)) {
      for (int i = 0; i < FRAMES; i++) {
        if (i == UNREADABLE) {
          publisher.publish("camera", "no event".getBytes(US_ASCII)).join();
        } else {
          publisher.publish(frame(i)).join();
        }
      }
    }
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  private static Frame frame(int number) {
    byte[] jpeg = Pictures.jpeg(20, 20, COLOURS.get(number % COLOURS.size()));
    return new Frame(
        "camera",
        Integer.toString(number),
        TestEvents.CAPTURED,
        Image.encoded(jpeg),
        Map.of(),
        TestEvents.SOURCE);
  }

  @Test
  void run_framesAmongOthers_getTheResultsOfTheirKindInOrder() throws Exception {
    List<SourcePosition> wanted = positions(LongStream.of(0, 3, 4, UNREADABLE, 11, 50, FRAMES - 1));
    assertThat(again().run(wanted, results::add)).isEmpty();
    List<Outcome> outcomes = outcomes();
    assertThat(outcomes).extracting(Outcome::source).containsExactlyElementsOf(wanted);
    assertThat(outcomes.get(3)).extracting("kind").isEqualTo(RejectionKind.UNREADABLE_EVENT);
    assertThat(outcomes)
        .filteredOn(LabelledFrame.class::isInstance)
        .hasSize(wanted.size() - 1)
        .allMatch(
            outcome ->
                ((LabelledFrame) outcome)
                    .labels()
                    .get(0)
                    .label()
                    .equals(NAMES.get(Integer.parseInt(outcome.frameId()) % NAMES.size())));
  }

  @Test
  void run_moreFramesThanMayBeUnderWay_allInOrder() throws Exception {
    List<SourcePosition> wanted = positions(LongStream.range(0, FRAMES));
    assertThat(again().run(wanted, results::add)).isEmpty();
    assertThat(outcomes()).extracting(Outcome::source).containsExactlyElementsOf(wanted);
  }

  /** Markers of a transaction stand between the frames, and others in another partition. */
  @Test
  void run_severalPartitionsAndMarkers_everyFrameOnce() throws Exception {
    List<SourcePosition> wanted = new ArrayList<>(positions(LongStream.of(7, FRAMES - 1)));
    try (Admin admin = Admin.create(Map.copyOf(broker.client()))) {
      admin.createPartitions(Map.of("frames", NewPartitions.increaseTo(2))).all().get();
    }
    Properties properties = new Properties();
    properties.putAll(broker.client());
    properties.put("transactional.id", "publisher");
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.initTransactions();
      for (int transaction = 0; transaction < 3; transaction++) {
        producer.beginTransaction();
        for (int partition = 0; partition < 2; partition++) {
          byte[] value = new ImageEvents().write(frame(3), OutputFormat.SINGLE_OBJECT);
          RecordMetadata sent =
              producer.send(new ProducerRecord<>("frames", partition, null, value)).get();
          wanted.add(new SourcePosition("frames", partition, sent.offset()));
        }
        producer.commitTransaction();
      }
    }
    assertThat(again().run(wanted, results::add)).isEmpty();
    assertThat(outcomes()).extracting(Outcome::source).containsExactlyInAnyOrderElementsOf(wanted);
  }

  @Test
  void run_retentionHasRemovedSome_namesThem() throws Exception {
    try (Admin admin = Admin.create(Map.copyOf(broker.client()))) {
      admin
          .deleteRecords(Map.of(new TopicPartition("frames", 0), RecordsToDelete.beforeOffset(20)))
          .all()
          .get();
    }
    List<SourcePosition> gone =
        again().run(positions(LongStream.of(5, 19, 20, FRAMES + 7)), results::add);
    assertThat(gone).containsExactlyElementsOf(positions(LongStream.of(5, 19, FRAMES + 7)));
    assertThat(outcomes())
        .extracting(Outcome::source)
        .containsExactlyElementsOf(positions(LongStream.of(20)));
  }

  @Test
  void run_brokerAway_isToBeTriedAgain() throws Exception {
    Path file = Files.writeString(folder.resolve("client"), "default.api.timeout.ms=1000");
    Configuration options = options();
    options.set(KafkaOptions.KAFKA_PROPERTIES, file.toString());
    ResultsAgain again = again(options);
    broker.close();
    assertThatThrownBy(() -> again.run(positions(LongStream.of(1)), results::add))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot be read");
  }

  private static List<SourcePosition> positions(LongStream offsets) {
    return offsets.mapToObj(offset -> new SourcePosition("frames", 0, offset)).toList();
  }

  private List<Outcome> outcomes() throws IOException {
    List<Outcome> outcomes = new ArrayList<>();
    for (ProducerRecord<byte[], byte[]> result : results) {
      outcomes.add(
          result.topic().equals("labels")
              ? new LabelledFrames().read(result.value())
              : new RejectedFrames(1 << 20).read(result.value()));
    }
    return outcomes;
  }

  private ResultsAgain again() throws Exception {
    return again(options());
  }

  private Configuration options() {
    Configuration options = new Configuration();
    options.set(KafkaOptions.BOOTSTRAP_SERVERS, broker.bootstrapServers());
    options.set(JobOptions.MODEL, TestModels.colour().toString());
    options.set(JobOptions.DEVICE, "cpu");
    options.set(JobOptions.MAX_BATCH_SIZE, 4);
    return options;
  }

  private static ResultsAgain again(Configuration options) throws Exception {
    return copy(
        new ResultsAgain(
            new KafkaOptions(options),
            new LabelAgain(new JobOptions(options), ModelOpener.ONNX)::label));
  }

  /** As it comes to a worker. */
  private static ResultsAgain copy(ResultsAgain again) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(again);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (ResultsAgain) in.readObject();
    }
  }
}
