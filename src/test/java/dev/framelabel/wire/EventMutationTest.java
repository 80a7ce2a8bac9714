package dev.framelabel.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.avro.ImageEvent;
import dev.framelabel.avro.ImageFormat;
import dev.framelabel.event.Damage;
import dev.framelabel.event.Frame;
import dev.framelabel.event.FrameEvent;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.RejectionKind;
import dev.framelabel.event.TestEvents;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Damaged and odd events come out as frames with ids, or as rejected with all their bytes. */
class EventMutationTest {
  private static final Instant NOW = TestEvents.CAPTURED.plusSeconds(1);
  private static final ImageEvents EVENTS = new ImageEvents();
  private static final Frame GOOD = TestEvents.frame("f", new byte[200]);

  @Provide
  Arbitrary<Damage> damage() {
    return Damage.any();
  }

  @Provide
  Arbitrary<byte[]> noise() {
    return Damage.noise();
  }

  @Property
  void read_damagedEvent_isAFrameOrRejectedWhole(@ForAll("damage") Damage damage) {
    check(damage.of(EVENTS.write(GOOD, OutputFormat.SINGLE_OBJECT)));
    check(damage.of(EVENTS.write(GOOD, OutputFormat.PLAIN)));
  }

  /** Random bytes alone, and behind the ten bytes that announce an event. */
  @Property
  void read_noise_isAFrameOrRejectedWhole(
      @ForAll boolean announced, @ForAll("noise") byte[] noise) {
    byte[] value = noise;
    if (announced) {
      byte[] whole = EVENTS.write(GOOD, OutputFormat.SINGLE_OBJECT);
      value = ByteBuffer.allocate(10 + noise.length).put(whole, 0, 10).put(noise).array();
    }
    check(value);
  }

  /** Events of our schema in which any field may hold anything that Avro lets it hold. */
  @Provide
  Arbitrary<byte[]> events() {
    Arbitrary<String> texts = Arbitraries.strings().ofMaxLength(20);
    return Combinators.combine(
            texts,
            texts,
            Arbitraries.longs(),
            Arbitraries.of(ImageFormat.class),
            Arbitraries.integers(),
            Arbitraries.integers(),
            Arbitraries.maps(texts, texts).ofMaxSize(3),
            Combinators.combine(Damage.noise(), texts).as(List::<Object>of))
        .as(
            (camera, frame, captured, format, width, height, attributes, image) -> {
              GenericData.Record event = new GenericData.Record(ImageEvent.SCHEMA$);
              event.put("cameraId", camera);
              event.put("frameId", frame);
              event.put("capturedAt", captured);
              event.put(
                  "format",
                  new GenericData.EnumSymbol(
                      ImageEvent.SCHEMA$.getField("format").schema(), format.name()));
              event.put("width", width);
              event.put("height", height);
              event.put("attributes", attributes);
              event.put("image", ByteBuffer.wrap((byte[]) image.get(0)));
              event.put("imageUri", image.get(1));
              return encoded(ImageEvent.SCHEMA$, event);
            });
  }

  @Property
  void read_eventOfAnyContent_isAFrameOrRejectedWhole(@ForAll("events") byte[] value) {
    check(value);
  }

  /** Well-formed Avro of another schema. */
  @Property
  void read_avroOfAnotherSchema_isAFrameOrRejectedWhole(@ForAll List<String> texts) {
    Schema schema = Schema.createArray(Schema.create(Schema.Type.STRING));
    check(encoded(schema, texts));
  }

  private static byte[] encoded(Schema schema, Object datum) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    try {
      new GenericDatumWriter<>(schema).write(datum, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new AssertionError("memory takes everything", e);
    }
    return bytes.toByteArray();
  }

  static List<Path> kept() {
    return Damage.kept("mutations-of-events");
  }

  @ParameterizedTest
  @MethodSource("kept")
  void read_keptFile_isRejectedWithItsKindAndAllItsBytes(Path file) throws IOException {
    byte[] value = Files.readAllBytes(file);
    FrameEvent event = EVENTS.read(value, TestEvents.SOURCE, NOW);
    assertThat(event).isInstanceOf(RejectedFrame.class);
    assertThat(((RejectedFrame) event).kind()).isEqualTo(RejectionKind.valueOf(Damage.kind(file)));
    check(value);
  }

  private static void check(byte[] value) {
    FrameEvent event = EVENTS.read(value, TestEvents.SOURCE, NOW);
    if (event instanceof RejectedFrame rejected) {
      assertThat(rejected.original().array()).isEqualTo(value);
    } else {
      Frame frame = (Frame) event;
      assertThat(frame.cameraId()).isNotEmpty();
      assertThat(frame.frameId()).isNotEmpty();
      assertThat(frame.image().bytes().length()).isLessThanOrEqualTo(value.length);
    }
    // A reader that has seen this reads a good event still.
    assertThat(EVENTS.read(EVENTS.write(GOOD, OutputFormat.PLAIN), TestEvents.SOURCE, NOW))
        .isEqualTo(GOOD);
  }
}
