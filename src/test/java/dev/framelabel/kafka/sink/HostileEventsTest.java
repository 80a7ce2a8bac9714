package dev.framelabel.kafka.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.config.KafkaOptions;
import dev.framelabel.event.Bytes;
import dev.framelabel.event.FieldLimits;
import dev.framelabel.event.Frame;
import dev.framelabel.event.FrameEvent;
import dev.framelabel.event.Image;
import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.RejectionKind;
import dev.framelabel.event.SourcePosition;
import dev.framelabel.event.TestEvents;
import dev.framelabel.image.ImageLimits;
import dev.framelabel.image.TestImages;
import dev.framelabel.testing.cluster.TestProcess;
import dev.framelabel.wire.HostileEvents;
import dev.framelabel.wire.ImageEvents;
import dev.framelabel.wire.IncomingFrame;
import dev.framelabel.wire.OutputFormat;
import dev.framelabel.wire.RejectedFrames;
import java.awt.Color;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * Whatever a sender writes has exactly one outcome, and the topics take its record. The real reader
 * of events, the real limit of results, the real writers of records; what a classifier would say of
 * a frame is made up.
 */
class HostileEventsTest {
  private static final String EVENTS = System.getProperty("framelabel.hostile.events", "5000");
  private static final String SEED = System.getProperty("framelabel.hostile.seed", "20260301");
  private static final byte[] PICTURE = TestImages.jpeg(64, 48, Color.RED);
  private static final long HEAP_MIB = 384;

  /** The JVM's code and metadata, ONNX Runtime with two models, the libraries' own. */
  private static final long PROCESS_MIB = 256;

  private static final Instant NOW = TestEvents.CAPTURED.plusSeconds(1);
  private static final RejectedFrames READER = new RejectedFrames(Integer.MAX_VALUE);

  private final ImageEvents events = new ImageEvents();

  /** In a process of its own: it may neither crash nor take more memory than it should. */
  @Test
  @EnabledOnOs(OS.LINUX)
  @Timeout(value = 4, unit = TimeUnit.HOURS)
  void anyEvent_atAnyTopicLimit_hasOneOutcomeThatTheTopicTakes() throws Exception {
    List<String> said =
        TestProcess.run(
            HostileRun.class,
            List.of("-Xmx" + HEAP_MIB + "m", "-XX:-CreateCoredumpOnCrash"),
            List.of(EVENTS, SEED),
            180);
    said.forEach(System.out::println);
    String last = said.get(said.size() - 1);
    assertThat(number(last, "events")).isEqualTo(Long.parseLong(EVENTS));
    assertThat(number(last, "outcomes")).isEqualTo(Long.parseLong(EVENTS));
    long decoding = (HostileRun.DECODING_THREADS * ImageLimits.DEFAULT.maxDecodeBytes()) >> 20;
    assertThat(number(last, "peakResidentMiB")).isLessThan(HEAP_MIB + decoding + PROCESS_MIB);
  }

  private static long number(String text, String name) {
    return Long.parseLong(text.replaceAll(".*\\b" + name + "=(\\d+).*", "$1"));
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
    HostileRun.Topics topics = new HostileRun.Topics(KafkaOptions.SMALLEST_RECORD_BYTES);
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
    LabelledFrame labelled = HostileRun.labelled(largest);
    assertThat(topics.limit().fit(labelled)).isSameAs(labelled);
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

  /** Also for texts, labels and headers that no limit has cut. */
  @Property
  void atMost_anyResult_isNotLessThanItsRecord(
      @ForAll String text,
      @ForAll String other,
      @ForAll @Size(max = 40) Map<String, String> texts,
      @ForAll @IntRange(max = 3_000) int originalBytes) {
    HostileRun.Topics topics = new HostileRun.Topics(KafkaOptions.SMALLEST_RECORD_BYTES);
    Frame frame =
        new Frame(
            text + "c",
            other + "f",
            TestEvents.CAPTURED,
            Image.encoded(new byte[originalBytes]),
            texts,
            new SourcePosition(other, Integer.MAX_VALUE, Long.MAX_VALUE),
            texts);
    topics.checkBound(frame.reject(RejectionKind.CORRUPT_IMAGE, text));
    topics.checkBound(HostileRun.labelled(frame));
  }

  /** As in a savepoint of a version that had no limits for fields. */
  @Test
  void fit_frameWithoutLimits_isRejectedWithoutAttributes() throws Exception {
    HostileRun.Topics topics = new HostileRun.Topics(100_000);
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
        List.of(
            HostileRun.labelled(frame), frame.reject(RejectionKind.CORRUPT_IMAGE, "it is cut"))) {
      RejectedFrame fit = (RejectedFrame) topics.limit().fit(outcome);
      assertThat(fit.attributes()).isEmpty();
      assertThat(fit.headers()).isEmpty();
      assertThat(fit.source()).isEqualTo(TestEvents.SOURCE);
      assertThat(fit.reason()).contains("--max-record-size allows 100000");
      assertThat(topics.size(fit)).isLessThanOrEqualTo(100_000);
    }
    RejectedFrame rejected =
        (RejectedFrame) topics.limit().fit(frame.reject(RejectionKind.CORRUPT_IMAGE, "it is cut"));
    assertThat(rejected.kind()).isEqualTo(RejectionKind.CORRUPT_IMAGE);
    assertThat(rejected.reason()).startsWith("it is cut; its result had ");
    RejectedFrames.Stored stored = READER.readStored(topics.rejected(rejected).value());
    assertThat(stored.originalBytes()).isEqualTo(900_000);
    assertThat(stored.frame().original().length()).isEqualTo(100_000 - (64 << 10));
  }
}
