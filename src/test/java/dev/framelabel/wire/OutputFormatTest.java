package dev.framelabel.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.framelabel.event.Bytes;
import dev.framelabel.event.Frame;
import dev.framelabel.event.FrameEvent;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.RejectionKind;
import dev.framelabel.event.TestEvents;
import dev.framelabel.image.TestImages;
import java.awt.Color;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.avro.specific.SpecificData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every framing is recognised for what it is, and none is taken for another. */
class OutputFormatTest {
  private static final byte[] JPEG = TestImages.jpeg(8, 8, Color.RED);
  private static final Instant NOW = TestEvents.CAPTURED.plusSeconds(1);

  private final MemoryRegistry registry = new MemoryRegistry();
  private final ImageEvents events = events(InputFormat.AUTO);

  private ImageEvents events(InputFormat wire) {
    return new ImageEvents(wire, Optional.of(Subject.ofTopic(registry, "frames")));
  }

  @ParameterizedTest
  @EnumSource(OutputFormat.class)
  void auto_everyFraming_isTheFrameThatWasWritten(OutputFormat framing) {
    byte[] value = events.write(TestEvents.frame(), framing);
    assertThat(read(value)).isEqualTo(TestEvents.frame());
  }

  /** Avro takes all of the array behind a buffer there, so that it must be the string's alone. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void read_registeredSchemaWithBytesForAString_isTheFrame(boolean fastReader) {
    SpecificData data = new dev.framelabel.avro.ImageEvent().getSpecificData();
    boolean before = data.isFastReaderEnabled();
    data.setFastReaderEnabled(fastReader);
    try {
      String schema = dev.framelabel.avro.ImageEvent.SCHEMA$.toString();
      String string = "{\"type\":\"string\",\"avro.java.string\":\"String\"}";
      String other =
          schema.replaceFirst(
              Pattern.quote("\"cameraId\",\"type\":" + string), "\"cameraId\",\"type\":\"bytes\"");
      assertThat(other).isNotEqualTo(schema);
      byte[] value = events.write(TestEvents.frame(), OutputFormat.CONFLUENT);
      registry.schemas.replaceAll((id, ignored) -> other);
      assertThat(read(value)).isEqualTo(TestEvents.frame());
    } finally {
      data.setFastReaderEnabled(before);
    }
  }

  @ParameterizedTest
  @CsvSource({"CONFLUENT, 5, 00 00 00 01 02", "APICURIO, 9, 00 00 00 00 00 00 00 01 02"})
  void write_registered_putsTheIdBeforeTheSameRecord(
      OutputFormat framing, int length, String start) {
    byte[] plain = events.write(TestEvents.frame(), OutputFormat.PLAIN);
    byte[] value = events.write(TestEvents.frame(), framing);
    assertThat(hex(value, length)).isEqualTo(start);
    assertThat(ByteBuffer.wrap(value, length, value.length - length))
        .isEqualTo(ByteBuffer.wrap(plain));
  }

  @Test
  void write_manyRecords_registersOnceAndReadAsksOnce() {
    for (int i = 0; i < 5; i++) {
      assertThat(read(events.write(TestEvents.frame(), OutputFormat.CONFLUENT)))
          .isInstanceOf(Frame.class);
    }
    assertThat(registry.registered).containsExactly("frames-value");
    assertThat(registry.lookups).isEqualTo(1);
  }

  /** Each strict reading takes its own framing, and rejects all others in words. */
  @ParameterizedTest
  @EnumSource(OutputFormat.class)
  void strict_otherFramings_areUnreadable(OutputFormat written) {
    byte[] value = events.write(TestEvents.frame(), written);
    for (InputFormat wire : InputFormat.values()) {
      FrameEvent read = events(wire).read(incoming(value, "cam", Map.of()), NOW);
      boolean own =
          wire == InputFormat.AUTO
              || wire.name().equals(written.name())
              || (wire == InputFormat.APICURIO && written == OutputFormat.CONFLUENT);
      if (own) {
        assertThat(read).as("%s read as %s", written, wire).isEqualTo(TestEvents.frame());
      } else {
        RejectedFrame rejected = (RejectedFrame) read;
        assertThat(rejected.kind()).isEqualTo(RejectionKind.UNREADABLE_EVENT);
        assertThat(rejected.reason()).endsWith("expected " + wire);
      }
    }
  }

  @Test
  void read_recordOfAnEarlierSchemaInTheRegistry_isResolved() throws Exception {
    Path samples = Path.of("src/test/resources/wire");
    registry.schemas.put(
        new SchemaId(SchemaId.Kind.CONTENT, 7),
        Files.readString(samples.resolve("image-event-1.avsc")));
    byte[] body = Files.readAllBytes(samples.resolve("image-event-1.plain"));
    byte[] value = ByteBuffer.allocate(body.length + 5).put((byte) 0).putInt(7).put(body).array();
    assertThat(read(value)).isEqualTo(TestEvents.frame());
  }

  @ParameterizedTest
  @ValueSource(strings = {"apicurio.value.globalId", "apicurio.value.contentId"})
  void read_idInApicuriosHeader_isTheFrame(String header) {
    byte[] value = events.write(TestEvents.frame(), OutputFormat.PLAIN);
    SchemaId.Kind kind = header.endsWith("globalId") ? SchemaId.Kind.GLOBAL : SchemaId.Kind.CONTENT;
    Map<String, Bytes> headers =
        Map.of(header, Bytes.wrap(ByteBuffer.allocate(8).putLong(99).array()));
    assertUnreadable(events.read(incoming(value, "cam", headers), NOW), "knows no schema of");
    registry.schemas.put(new SchemaId(kind, 98), dev.framelabel.avro.ImageEvent.SCHEMA$.toString());
    headers = Map.of(header, Bytes.wrap(ByteBuffer.allocate(8).putLong(98).array()));
    assertThat(events.read(incoming(value, "cam", headers), NOW)).isEqualTo(TestEvents.frame());
  }

  @Test
  void read_unknownSchemaId_isUnreadableAndAskedForOnce() {
    byte[] value = events.write(TestEvents.frame(), OutputFormat.CONFLUENT);
    registry.schemas.clear();
    for (int i = 0; i < 3; i++) {
      assertUnreadable(read(value), "the registry knows no schema of id 258");
    }
    assertThat(registry.lookups).isEqualTo(1);
  }

  /** A sender may register a schema that names itself, and then write any number of levels. */
  @Test
  void read_fieldNestedWithoutEnd_isUnreadable() {
    String schema = dev.framelabel.avro.ImageEvent.SCHEMA$.toString();
    String node =
        ",{'name':'extra','default':{'next':null},'type':{'type':'record','name':'Node',"
            + "'fields':[{'name':'next','type':['null','Node']}]}}";
    int end = schema.lastIndexOf(']');
    registry.schemas.put(
        new SchemaId(SchemaId.Kind.CONTENT, 7),
        schema.substring(0, end) + node.replace('\'', '"') + schema.substring(end));
    byte[] body = events.write(TestEvents.frame(), OutputFormat.PLAIN);
    int levels = 500_000;
    ByteBuffer value = ByteBuffer.allocate(body.length + 5 + levels + 1);
    value.put((byte) 0).putInt(7).put(body);
    for (int i = 0; i < levels; i++) {
      // Not null, but another node.
      value.put((byte) 2);
    }
    assertUnreadable(read(value.array()), "its fields are nested too deep");
    assertThat(read(events.write(TestEvents.frame(), OutputFormat.PLAIN)))
        .isEqualTo(TestEvents.frame());
  }

  @Test
  void read_schemaOfAnotherRecord_isUnreadable() {
    byte[] value = events.write(TestEvents.frame(), OutputFormat.CONFLUENT);
    registry.schemas.replaceAll(
        (id, schema) -> dev.framelabel.avro.LabelledFrame.SCHEMA$.toString());
    assertUnreadable(read(value), "is dev.framelabel.avro.LabelledFrame; expected one that");
    registry.schemas.replaceAll((id, schema) -> "no schema");
    assertUnreadable(
        new ImageEvents(InputFormat.AUTO, Optional.of(Subject.ofTopic(registry, "frames")))
            .read(incoming(value, "cam", Map.of()), NOW),
        "is no Avro schema");
  }

  @Test
  void read_withoutARegistry_saysWhichSchemaIsMissing() {
    byte[] value = events.write(TestEvents.frame(), OutputFormat.APICURIO);
    assertUnreadable(
        new ImageEvents().read(value, TestEvents.SOURCE, NOW),
        "it has schema global id 258, and no --registry is set");
  }

  /** That is no fault of the record: it must not be rejected. */
  @Test
  void read_registryThatIsDown_throws() {
    byte[] value = events.write(TestEvents.frame(), OutputFormat.CONFLUENT);
    registry.down = true;
    assertThatThrownBy(() -> read(value)).isInstanceOf(RegistryException.class);
  }

  @ParameterizedTest
  @EnumSource(OutputFormat.class)
  void results_everyFraming_areReadWithoutARegistry(OutputFormat framing) throws Exception {
    Optional<Subject> subject = Optional.of(Subject.ofTopic(registry, "labels"));
    byte[] labelled = new LabelledFrames(subject).write(TestEvents.labelled(), framing);
    assertThat(new LabelledFrames().read(labelled)).isEqualTo(TestEvents.labelled());
    byte[] rejected = new RejectedFrames(1_000, subject).write(TestEvents.unreadable(), framing);
    assertThat(new RejectedFrames(1_000).read(rejected)).isEqualTo(TestEvents.unreadable());
  }

  @Test
  void bareImage_withKeyOnly_isAFrameNamedByItsPosition() {
    Frame frame = (Frame) events.read(incoming(JPEG, "gate 4", Map.of()), NOW);
    assertThat(frame.cameraId()).isEqualTo("gate 4");
    assertThat(frame.frameId()).isEqualTo(TestEvents.SOURCE.toString());
    assertThat(frame.capturedAt()).isEqualTo(TestEvents.CAPTURED);
    assertThat(frame.image().bytes().array()).isSameAs(JPEG);
  }

  @Test
  void bareImage_headers_goBeforeKeyPositionAndTimestamp() {
    Map<String, Bytes> headers = new HashMap<>();
    headers.put("camera-id", text("cam-9"));
    headers.put("ce_id", text("event-5"));
    headers.put("ce_time", text("2026-03-04T06:06:07.5+01:00"));
    byte[] png = TestImages.encode(TestImages.plain(8, 8, Color.RED), "png");
    Frame frame = (Frame) events.read(incoming(png, "key", headers), NOW);
    assertThat(frame.cameraId()).isEqualTo("cam-9");
    assertThat(frame.frameId()).isEqualTo("event-5");
    assertThat(frame.capturedAt()).isEqualTo("2026-03-04T05:06:07.500Z");
    headers.put("frame-id", text("f-1"));
    headers.put("captured-at", text("2026-03-04T05:06:07Z"));
    frame = (Frame) events.read(incoming(png, "key", headers), NOW);
    assertThat(frame.frameId()).isEqualTo("f-1");
    assertThat(frame.capturedAt()).isEqualTo("2026-03-04T05:06:07Z");
  }

  @Test
  void bareImage_withoutCameraOrWithABadTime_isInvalid() {
    RejectedFrame rejected = (RejectedFrame) events.read(incoming(JPEG, "", Map.of()), NOW);
    assertThat(rejected.kind()).isEqualTo(RejectionKind.INVALID_EVENT);
    assertThat(rejected.reason()).contains("record's key or in header camera-id");
    for (String time : new String[] {"yesterday", "1970-01-01T00:00:00Z"}) {
      rejected =
          (RejectedFrame)
              events.read(incoming(JPEG, "cam", Map.of("captured-at", text(time))), NOW);
      assertThat(rejected.kind()).isEqualTo(RejectionKind.INVALID_EVENT);
      assertThat(rejected.reason()).contains(time);
    }
  }

  @Test
  void headers_traceAndCloudEvents_areCarriedAndOthersAreNot() {
    Map<String, Bytes> headers =
        Map.of(
            "traceparent", text("00-ab-cd-01"),
            "tracestate", text("vendor=1"),
            "ce_type", text("frame"),
            "ce_binary", Bytes.wrap(new byte[] {(byte) 0xFF}),
            "content-type", text("avro/binary"));
    Map<String, String> carried =
        Map.of("traceparent", "00-ab-cd-01", "tracestate", "vendor=1", "ce_type", "frame");
    byte[] value = events.write(TestEvents.frame(), OutputFormat.SINGLE_OBJECT);
    Frame frame = (Frame) events.read(incoming(value, "cam", headers), NOW);
    assertThat(frame.headers()).isEqualTo(carried);
    assertThat(frame.reject(RejectionKind.CORRUPT_IMAGE, "cut").headers()).isEqualTo(carried);
    RejectedFrame unreadable =
        (RejectedFrame) events.read(incoming(new byte[] {1}, "cam", headers), NOW);
    assertThat(unreadable.headers()).isEqualTo(carried);
  }

  private FrameEvent read(byte[] value) {
    return events.read(incoming(value, "cam", Map.of()), NOW);
  }

  private static IncomingFrame incoming(byte[] value, String key, Map<String, Bytes> headers) {
    return new IncomingFrame(
        text(key), Bytes.wrap(value), headers, TestEvents.CAPTURED, TestEvents.SOURCE);
  }

  private static void assertUnreadable(FrameEvent event, String reason) {
    assertThat(event).isInstanceOf(RejectedFrame.class);
    RejectedFrame rejected = (RejectedFrame) event;
    assertThat(rejected.kind()).isEqualTo(RejectionKind.UNREADABLE_EVENT);
    assertThat(rejected.reason()).contains(reason);
  }

  private static Bytes text(String text) {
    return Bytes.wrap(text.getBytes(UTF_8));
  }

  private static String hex(byte[] value, int length) {
    StringBuilder hex = new StringBuilder();
    for (int i = 0; i < length; i++) {
      hex.append(String.format("%02x ", value[i]));
    }
    return hex.toString().strip();
  }
}
