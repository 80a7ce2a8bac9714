package dev.framelabel.kafka.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.LabellingJob;
import dev.framelabel.config.KafkaOptions;
import dev.framelabel.event.Bytes;
import dev.framelabel.event.FieldLimits;
import dev.framelabel.event.Frame;
import dev.framelabel.event.FrameEvent;
import dev.framelabel.event.Image;
import dev.framelabel.event.Label;
import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.ModelIdentity;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.RejectionKind;
import dev.framelabel.event.SourcePosition;
import dev.framelabel.event.TestEvents;
import dev.framelabel.event.Timings;
import dev.framelabel.image.TestImages;
import dev.framelabel.pipeline.ResultLimit;
import dev.framelabel.wire.HostileEvents;
import dev.framelabel.wire.ImageEvents;
import dev.framelabel.wire.IncomingFrame;
import dev.framelabel.wire.OutputFormat;
import dev.framelabel.wire.RejectedFrames;
import java.awt.Color;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.AbstractRecords;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.RecordBatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever a sender writes has exactly one outcome, and the topics take its record. The real reader
 * of events, the real limit of results, the real writers of records; what a classifier would say of
 * a frame is made up.
 */
class HostileEventsTest {
  private static final int EVENTS = Integer.getInteger("framelabel.hostile.events", 400);
  private static final long SEED = Long.getLong("framelabel.hostile.seed", 20260301);
  private static final byte[] PICTURE = TestImages.jpeg(64, 48, Color.RED);
  private static final Instant NOW = TestEvents.CAPTURED.plusSeconds(1);
  private static final RejectedFrames READER = new RejectedFrames(Integer.MAX_VALUE);

  private final ImageEvents events = new ImageEvents();

  @ParameterizedTest
  @ValueSource(ints = {KafkaOptions.SMALLEST_RECORD_BYTES, 100_000, 1_000_000, 10_000_000})
  void anyEvent_atAnyTopicLimit_hasOneOutcomeThatTheTopicTakes(int limit) throws Exception {
    Topics topics = new Topics(limit);
    for (IncomingFrame incoming : HostileEvents.found(PICTURE)) {
      check(incoming, topics);
    }
    HostileEvents hostile = new HostileEvents(SEED, PICTURE);
    for (int i = 0; i < EVENTS; i++) {
      check(hostile.next(), topics);
    }
  }

  private void check(IncomingFrame incoming, Topics topics) throws IOException {
    FrameEvent event = events.read(incoming, NOW);
    if (event instanceof RejectedFrame rejected) {
      assertThat(rejected.original()).isEqualTo(incoming.value());
      checkRejected(rejected, topics);
    } else {
      Frame frame = (Frame) event;
      // Nothing of a valid frame is ever left out: its limits are below the topic's.
      LabelledFrame labelled = labelled(frame);
      assertThat(topics.limit.fit(labelled)).isSameAs(labelled);
      assertThat(topics.size(labelled)).isLessThanOrEqualTo(topics.bytes);
      checkRejected(frame.reject(RejectionKind.IMAGE_URI_REFUSED, "r".repeat(100_000)), topics);
    }
  }

  private static void checkRejected(RejectedFrame rejected, Topics topics) throws IOException {
    assertThat(topics.limit.fit(rejected)).isSameAs(rejected);
    assertThat(topics.size(rejected)).isLessThanOrEqualTo(topics.bytes);
    RejectedFrames.Stored stored = READER.readStored(topics.rejected(rejected).value());
    assertThat(stored.originalBytes()).isEqualTo(rejected.original().length());
    assertThat(stored.frame().kind()).isEqualTo(rejected.kind());
    assertThat(stored.frame().source()).isEqualTo(rejected.source());
  }

  @Test
  void read_eachFaultThatWasFound_isInvalidAndSaysTheLimit() {
    List<FrameEvent> read =
        HostileEvents.found(PICTURE).stream().map(incoming -> events.read(incoming, NOW)).toList();
    assertThat(read)
        .allSatisfy(
            event ->
                assertThat(((RejectedFrame) event).kind()).isEqualTo(RejectionKind.INVALID_EVENT));
    assertThat(read.subList(0, 11))
        .extracting(event -> ((RejectedFrame) event).reason())
        .allSatisfy(reason -> assertThat(reason).contains("expected at most"));
    assertThat(((RejectedFrame) read.get(0)).reason())
        .startsWith("attribute 'note' has 1200000 bytes; expected at most 4096");
    assertThat(((RejectedFrame) read.get(0)).cameraId()).isEqualTo("cam");
    assertThat(((RejectedFrame) read.get(3)).cameraId()).startsWith("ää").contains("... sha256=");
  }

  /** All fields at their limits: less than half of the smallest record that is permitted. */
  @Test
  void largestResult_besidesOriginalAndLabels_isHalfOfTheSmallestRecord() {
    Topics topics = new Topics(KafkaOptions.SMALLEST_RECORD_BYTES);
    Frame largest = largest();
    IncomingFrame incoming =
        new IncomingFrame(
            Bytes.EMPTY,
            Bytes.wrap(events.write(largest, OutputFormat.SINGLE_OBJECT)),
            headers(largest.headers()),
            TestEvents.CAPTURED,
            largest.source());
    assertThat(events.read(incoming, NOW)).isEqualTo(largest);
    int rejected =
        topics.size(
            largest
                .withImage(Image.encoded(Bytes.EMPTY))
                .reject(RejectionKind.CORRUPT_IMAGE, "\uD83D\uDE00".repeat(9_999)));
    assertThat(rejected).isBetween(30_000, KafkaOptions.SMALLEST_RECORD_BYTES / 2);
    LabelledFrame labelled = labelled(largest);
    assertThat(topics.limit.fit(labelled)).isSameAs(labelled);
  }

  private static Frame largest() {
    Map<String, String> headers = new HashMap<>();
    int each = FieldLimits.HEADERS_BYTES / FieldLimits.HEADERS;
    for (int i = 0; i < FieldLimits.HEADERS; i++) {
      headers.put("ce_" + (10 + i), "v".repeat(each - 5));
    }
    return new Frame(
        "c".repeat(FieldLimits.ID_BYTES),
        "f".repeat(FieldLimits.ID_BYTES),
        TestEvents.CAPTURED,
        Image.reference("file:/" + "x".repeat(FieldLimits.IMAGE_URI_BYTES - 6)),
        HostileEvents.fullAttributes(),
        new SourcePosition("t".repeat(249), Integer.MAX_VALUE, Long.MAX_VALUE),
        headers);
  }

  private static Map<String, Bytes> headers(Map<String, String> texts) {
    Map<String, Bytes> headers = new HashMap<>();
    texts.forEach(
        (name, text) ->
            headers.put(name, Bytes.wrap(text.getBytes(java.nio.charset.StandardCharsets.UTF_8))));
    return headers;
  }

  /** As in a savepoint of a version that had no limits for fields. */
  @Test
  void fit_frameWithoutLimits_isRejectedWithoutAttributes() throws Exception {
    Topics topics = new Topics(100_000);
    Frame frame =
        new Frame(
            "c".repeat(3_000_000),
            "frame",
            TestEvents.CAPTURED,
            Image.encoded(new byte[900_000]),
            Map.of("note", "x".repeat(200_000)),
            TestEvents.SOURCE,
            Map.of("ce_x", "h".repeat(500_000)));
    for (Outcome outcome :
        List.of(labelled(frame), frame.reject(RejectionKind.CORRUPT_IMAGE, "it is cut"))) {
      RejectedFrame fit = (RejectedFrame) topics.limit.fit(outcome);
      assertThat(fit.attributes()).isEmpty();
      assertThat(fit.headers()).isEmpty();
      assertThat(fit.source()).isEqualTo(TestEvents.SOURCE);
      assertThat(fit.reason()).contains("--max-record-size allows 100000");
      assertThat(topics.size(fit)).isLessThanOrEqualTo(100_000);
    }
    RejectedFrame rejected =
        (RejectedFrame) topics.limit.fit(frame.reject(RejectionKind.CORRUPT_IMAGE, "it is cut"));
    assertThat(rejected.kind()).isEqualTo(RejectionKind.CORRUPT_IMAGE);
    assertThat(rejected.reason()).startsWith("it is cut; its result had ");
    RejectedFrames.Stored stored = READER.readStored(topics.rejected(rejected).value());
    assertThat(stored.originalBytes()).isEqualTo(900_000);
    assertThat(stored.frame().original().length()).isEqualTo(100_000 - (64 << 10));
  }

  /** A topic's options, and its real writers of records. */
  private static final class Topics {
    private final int bytes;
    private final ResultLimit limit;
    private final OutcomeRecords.OutcomeSerializer<LabelledFrame> labelled;
    private final OutcomeRecords.OutcomeSerializer<RejectedFrame> rejected;

    Topics(int bytes) {
      Configuration configuration = new Configuration();
      configuration.set(KafkaOptions.MAX_RECORD_SIZE, new MemorySize(bytes));
      KafkaOptions options = new KafkaOptions(configuration);
      this.bytes = bytes;
      this.limit = LabellingJob.resultLimit(options);
      this.labelled = OutcomeRecords.labelled(options, OutputFormat.PLAIN);
      this.rejected = OutcomeRecords.rejected(options, OutputFormat.PLAIN);
      labelled.open();
      rejected.open();
    }

    ProducerRecord<byte[], byte[]> rejected(RejectedFrame frame) {
      return rejected.serialize(frame, null, null);
    }

    int size(Outcome outcome) {
      ProducerRecord<byte[], byte[]> result =
          outcome instanceof LabelledFrame frame
              ? labelled.serialize(frame, null, null)
              : rejected((RejectedFrame) outcome);
      return AbstractRecords.estimateSizeInBytesUpperBound(
          RecordBatch.CURRENT_MAGIC_VALUE,
          CompressionType.NONE,
          result.key(),
          result.value(),
          result.headers().toArray());
    }
  }

  /** 100 labels of 200 bytes: more than any model that is known has to say. */
  private static LabelledFrame labelled(Frame frame) {
    return new LabelledFrame(
        frame.cameraId(),
        frame.frameId(),
        frame.capturedAt(),
        NOW,
        IntStream.range(0, 100).mapToObj(i -> new Label("l".repeat(200), i, 0.01f)).toList(),
        new ModelIdentity("m".repeat(200), "1", "ab".repeat(32)),
        frame.source(),
        new Timings(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, Integer.MAX_VALUE),
        frame.attributes(),
        frame.headers());
  }
}
