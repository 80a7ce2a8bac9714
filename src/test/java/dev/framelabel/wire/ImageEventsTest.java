package dev.framelabel.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.avro.ImageEvent;
import dev.framelabel.avro.ImageFormat;
import dev.framelabel.event.Frame;
import dev.framelabel.event.FrameEvent;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.RejectionKind;
import dev.framelabel.event.TestEvents;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ImageEventsTest {
  private static final Instant NOW = TestEvents.CAPTURED.plusSeconds(1);

  private final ImageEvents events = new ImageEvents();

  @Test
  void read_noValue_isUnreadable() {
    assertThat(read(null).kind()).isEqualTo(RejectionKind.UNREADABLE_EVENT);
    assertThat(read(new byte[0]).kind()).isEqualTo(RejectionKind.UNREADABLE_EVENT);
  }

  @Test
  void read_bytesThatAreNoAvro_isUnreadableAndKeepsThem() {
    byte[] text = "{\"cameraId\": \"json is not Avro\"}".getBytes(UTF_8);
    RejectedFrame rejected = read(text);
    assertThat(rejected.kind()).isEqualTo(RejectionKind.UNREADABLE_EVENT);
    assertThat(rejected.original().array()).isEqualTo(text);
    assertThat(rejected.source()).isEqualTo(TestEvents.SOURCE);
  }

  @Test
  void read_recordOfAnotherSchema_isUnreadable() {
    for (OutputFormat framing : List.of(OutputFormat.SINGLE_OBJECT, OutputFormat.PLAIN)) {
      byte[] other = new LabelledFrames().write(TestEvents.labelled(), framing);
      assertThat(read(other).kind()).isEqualTo(RejectionKind.UNREADABLE_EVENT);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"SINGLE_OBJECT", "PLAIN"})
  void read_everyTruncation_isUnreadable(OutputFormat framing) {
    byte[] whole = events.write(TestEvents.frame(), framing);
    int shortest = framing == OutputFormat.PLAIN ? whole.length - 1 : whole.length;
    for (int length = 0; length < shortest; length++) {
      assertThat(read(Arrays.copyOf(whole, length)).kind())
          .as("cut to %d of %d bytes", length, whole.length)
          .isEqualTo(RejectionKind.UNREADABLE_EVENT);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"SINGLE_OBJECT", "PLAIN"})
  void read_everyTruncation_hasAReasonInWords(OutputFormat framing) {
    byte[] whole = events.write(TestEvents.frame(), framing);
    for (int length = 1; length < whole.length - 1; length++) {
      assertThat(read(Arrays.copyOf(whole, length)).reason()).doesNotContain("null");
    }
  }

  /** The last byte of a bare record is the new field's emptiness: without it, it is version 1's. */
  @Test
  void read_plainWithoutTheLastField_isTheWholeFrameOfVersion1() {
    byte[] whole = events.write(TestEvents.frame(), OutputFormat.PLAIN);
    assertThat(events.read(Arrays.copyOf(whole, whole.length - 1), TestEvents.SOURCE, NOW))
        .isEqualTo(TestEvents.frame());
  }

  @Test
  void read_imageUri_isAReference() {
    byte[] value = events.write(TestEvents.traced(), OutputFormat.SINGLE_OBJECT);
    Frame read = (Frame) events.read(value, TestEvents.SOURCE, NOW);
    assertThat(read.image()).isEqualTo(TestEvents.traced().image());
  }

  @Test
  void read_imageUriBesideAnImage_isInvalid() {
    ImageEvent event = event("c", "f", TestEvents.CAPTURED, ImageFormat.ENCODED, 0, "file:/a");
    assertInvalid(event, "imageUri is given with an image");
  }

  @Test
  void read_lengthFieldOf2Gigabytes_claimsNoMemory() {
    byte[] plain = events.write(TestEvents.frame(), OutputFormat.PLAIN);
    // The string's length, 2^31 - 1 as a zig-zag varint, in place of the first field's.
    byte[] hostile = {(byte) 0xFE, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x0F, 'a', 'b'};
    assertThat(read(hostile).kind()).isEqualTo(RejectionKind.UNREADABLE_EVENT);
    byte[] imageLength = Arrays.copyOf(plain, plain.length + 4);
    System.arraycopy(hostile, 0, imageLength, plain.length - 6, 5);
    assertThat(read(imageLength).kind()).isEqualTo(RejectionKind.UNREADABLE_EVENT);
  }

  @Test
  void read_tenThousandRandomMutations_neverThrows() {
    byte[] whole = events.write(TestEvents.frame(), OutputFormat.PLAIN);
    Random random = new Random(7);
    for (int i = 0; i < 10_000; i++) {
      byte[] mutated = whole.clone();
      for (int change = 0; change <= random.nextInt(4); change++) {
        mutated[random.nextInt(mutated.length)] = (byte) random.nextInt();
      }
      assertThat(events.read(mutated, TestEvents.SOURCE, NOW)).isNotNull();
    }
  }

  @Test
  void read_emptyIds_isInvalid() {
    assertInvalid(event("", "f", TestEvents.CAPTURED, ImageFormat.ENCODED, 0), "cameraId is empty");
    assertInvalid(event("c", "", TestEvents.CAPTURED, ImageFormat.ENCODED, 0), "frameId is empty");
  }

  @Test
  void read_captureTimeFarOff_isInvalid() {
    Instant ancient = Instant.parse("1989-12-31T23:59:59Z");
    assertInvalid(event("c", "f", ancient, ImageFormat.ENCODED, 0), "capturedAt is 1989-12-31");
    Instant ahead = NOW.plus(Duration.ofDays(2));
    assertInvalid(event("c", "f", ahead, ImageFormat.ENCODED, 0), "a day from now");
  }

  @Test
  void read_captureTimeTwoHoursAhead_isAFrame() {
    Instant ahead = NOW.plus(Duration.ofHours(2));
    assertThat(
            events.read(
                bytes(event("c", "f", ahead, ImageFormat.ENCODED, 0)), TestEvents.SOURCE, NOW))
        .isInstanceOf(Frame.class);
  }

  @Test
  void read_rawImageWithoutSize_isInvalid() {
    assertInvalid(event("c", "f", TestEvents.CAPTURED, ImageFormat.RGB24, 0), "raw image of 0 x 0");
  }

  @Test
  void writeRejected_originalTooLarge_keepsItsBeginningSizeAndHash() throws Exception {
    byte[] large = new byte[100_000];
    RejectedFrame rejected =
        TestEvents.frame("f", large).reject(RejectionKind.CORRUPT_IMAGE, "cut");
    byte[] value = new RejectedFrames(70_000).write(rejected, OutputFormat.PLAIN);
    assertThat(value.length).isLessThan(70_000);
    assertThat(new RejectedFrames(0).read(value).original().length()).isEqualTo(64 << 10);
    assertThat(new String(value, UTF_8))
        .contains(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(large)));
  }

  private RejectedFrame read(byte[] value) {
    FrameEvent event = events.read(value, TestEvents.SOURCE, NOW);
    assertThat(event).isInstanceOf(RejectedFrame.class);
    return (RejectedFrame) event;
  }

  private void assertInvalid(ImageEvent event, String reason) {
    RejectedFrame rejected = read(bytes(event));
    assertThat(rejected.kind()).isEqualTo(RejectionKind.INVALID_EVENT);
    assertThat(rejected.reason()).contains(reason);
    assertThat(rejected.original().array()).isEqualTo(bytes(event));
  }

  private static ImageEvent event(
      String cameraId, String frameId, Instant capturedAt, ImageFormat format, int side) {
    return event(cameraId, frameId, capturedAt, format, side, "");
  }

  private static ImageEvent event(
      String cameraId,
      String frameId,
      Instant capturedAt,
      ImageFormat format,
      int side,
      String uri) {
    return new ImageEvent(
        cameraId,
        frameId,
        capturedAt,
        format,
        side,
        side,
        Map.of(),
        ByteBuffer.wrap(new byte[] {1}),
        uri);
  }

  private static byte[] bytes(ImageEvent event) {
    return new AvroCodec<>(event.getSpecificData(), ImageEvent.SCHEMA$, List.of(), Optional.empty())
        .write(event, OutputFormat.SINGLE_OBJECT);
  }
}
