package dev.framelabel.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.framelabel.avro.ImageEvent;
import dev.framelabel.event.FrameEvent;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.RejectionKind;
import dev.framelabel.event.TestEvents;
import dev.framelabel.image.TestImages;
import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.specific.SpecificDatumWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What senders really write: the reason of the rejection names it. */
class ForeignFormatTest {
  private static final byte[] JPEG = TestImages.jpeg(64, 48, Color.RED);
  private static final byte[] PNG = TestImages.encode(TestImages.plain(64, 48, Color.RED), "png");

  private final ImageEvents events = new ImageEvents();

  static Stream<Arguments> foreign() throws IOException {
    String jpeg = Base64.getEncoder().encodeToString(JPEG);
    return Stream.of(
        Arguments.of("JSON", bytes("{\"cameraId\":\"door\",\"image\":\"" + jpeg + "\"}")),
        Arguments.of("JSON", bytes("\uFEFF{\r\n  \"camera\": \"Tür\"\r\n}")),
        Arguments.of("JSON", bytes("[{\"cameraId\": \"door\"}]")),
        Arguments.of("base64 of an image", bytes(jpeg)),
        Arguments.of("base64 of an image", bytes("\"" + jpeg + "\"")),
        Arguments.of("base64 of an image", bytes("data:image/jpeg;base64," + jpeg)),
        Arguments.of("base64 of an image", Base64.getMimeEncoder().encode(PNG)),
        Arguments.of("base64 of an image", bytes("UklGRiQAAABXRUJQVlA4")),
        Arguments.of("an Avro container file", container()),
        Arguments.of("protobuf", protobuf()),
        Arguments.of("XML or HTML", bytes("<html>404</html>")),
        Arguments.of("a GIF", bytes("GIF89a...")),
        Arguments.of("gzip", new byte[] {0x1F, (byte) 0x8B, 8, 0, 0, 0}));
  }

  @ParameterizedTest
  @MethodSource("foreign")
  void read_formatOfOthers_isNamed(String name, byte[] value) {
    RejectedFrame rejected = read(value);
    assertThat(rejected.kind()).isEqualTo(RejectionKind.UNREADABLE_EVENT);
    assertThat(rejected.reason())
        .startsWith("the record of " + value.length + " bytes looks like " + name)
        .contains("; expected an Avro ImageEvent or a bare JPEG, PNG or WebP: see docs/");
    assertThat(rejected.original().array()).isEqualTo(value);
  }

  @ParameterizedTest
  @MethodSource("foreign")
  void read_formatOfOthersBehindASchemaId_isNamed(String name, byte[] value) {
    boolean protobuf = name.equals("protobuf");
    ByteBuffer framed = ByteBuffer.allocate(5 + (protobuf ? 1 : 0) + value.length);
    framed.put((byte) 0).putInt(7);
    if (protobuf) {
      framed.put((byte) 0);
    }
    assertThat(read(framed.put(value).array()).reason())
        .contains("looks like " + name, " behind schema id 7; expected");
  }

  @Test
  void read_imageFormatExpected_namesWhatCameInstead() {
    FrameEvent read =
        new ImageEvents(InputFormat.IMAGE, Optional.empty())
            .read(bytes("{\"camera\": 1}"), TestEvents.SOURCE, TestEvents.CAPTURED);
    assertThat(((RejectedFrame) read).reason()).contains("looks like JSON; expected image");
  }

  /** Damage keeps its own reason, nearly always: few bytes can be fields of protobuf. */
  @Test
  void read_damagedEvents_areSeldomTakenForAnotherFormat() {
    byte[] whole = events.write(TestEvents.frame("f", JPEG), OutputFormat.PLAIN);
    Random random = new Random(5);
    int named = 0;
    for (int tries = 0; tries < 2_000; tries++) {
      byte[] damaged = Arrays.copyOf(whole, 1 + random.nextInt(whole.length - 1));
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      FrameEvent read = events.read(damaged, TestEvents.SOURCE, TestEvents.CAPTURED);
      named += read instanceof RejectedFrame bad && bad.reason().contains("looks like") ? 1 : 0;
    }
    assertThat(named).isLessThan(20);
  }

  @Test
  void of_anyBytes_neverThrows() {
    Random random = new Random(6);
    for (int tries = 0; tries < 100_000; tries++) {
      byte[] value = new byte[random.nextInt(40)];
      random.nextBytes(value);
      assertThat(ForeignFormat.of(ByteBuffer.wrap(value))).isNotNull();
    }
  }

  private RejectedFrame read(byte[] value) {
    return (RejectedFrame) events.read(value, TestEvents.SOURCE, TestEvents.CAPTURED);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static byte[] protobuf() {
    return ModelProto.newBuilder()
        .setProducerName("door")
        .setIrVersion(-1)
        .setDocString("x".repeat(300))
        .build()
        .toByteArray();
  }

  private static byte[] container() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DataFileWriter<ImageEvent> file =
        new DataFileWriter<>(new SpecificDatumWriter<>(ImageEvent.class))) {
      file.create(ImageEvent.SCHEMA$, out).flush();
    }
    return out.toByteArray();
  }
}
