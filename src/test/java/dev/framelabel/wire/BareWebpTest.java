package dev.framelabel.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMWRITE_WEBP_QUALITY;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imencode;

import dev.framelabel.event.Bytes;
import dev.framelabel.event.Frame;
import dev.framelabel.event.FrameEvent;
import dev.framelabel.event.Image;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.TestEvents;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.junit.jupiter.api.Test;

/** A value that begins as a WebP file: of a picture, or of an event whose camera is called so. */
class BareWebpTest {
  private static final Bytes KEY = Bytes.wrap("door".getBytes(UTF_8));

  private final ImageEvents events = new ImageEvents();

  @Test
  void read_webpFile_isAPictureOfTheCameraOfItsKey() {
    for (int quality : new int[] {80, 101}) {
      byte[] file = webp(quality);
      assertPicture(file);
      assertThat(events.standsAlone(Bytes.wrap(file))).as("its camera is its key").isFalse();
      assertTakenAsImageOnly(file);
    }
  }

  /** Of any size, cut anywhere, with anything in it: damage is for the decoder to find. */
  @Property(tries = 20_000)
  void read_anythingThatBeginsAsWebp_isAPicture(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] rest = new byte[random.nextInt(2_000)];
    random.nextBytes(rest);
    ByteBuffer file = ByteBuffer.allocate(12 + rest.length).order(ByteOrder.LITTLE_ENDIAN);
    file.put("RIFF".getBytes(UTF_8)).putInt(4 + rest.length).put("WEBP".getBytes(UTF_8)).put(rest);
    assertPicture(file.array());
  }

  /** The worst id that a camera can have. */
  @Property(tries = 5_000)
  void read_plainEventOfACameraThatIsCalledSo_isTheEvent(@ForAll long seed) {
    Random random = new Random(seed);
    StringBuilder id = new StringBuilder("IFF");
    for (int size = 0; size < 4; size++) {
      id.append((char) random.nextInt(0x80));
    }
    id.append("WEBPVP8 ");
    while (id.length() < 41) {
      id.append((char) random.nextInt(0x80));
    }
    byte[] image = new byte[random.nextInt(500)];
    random.nextBytes(image);
    Frame frame = frame(id.toString(), "f" + seed, image, random);
    byte[] value = events.write(frame, OutputFormat.PLAIN);
    assertThat(Envelope.isWebp(ByteBuffer.wrap(value))).as("the worst case").isTrue();
    assertThat(read(value)).isEqualTo(frame);
    assertThat(events.standsAlone(Bytes.wrap(value))).isTrue();
  }

  /** No other camera id makes a plain event begin so, and no other format can. */
  @Property(tries = 5_000)
  void write_anyOtherEvent_doesNotBeginAsWebp(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] id = new byte[1 + random.nextInt(60)];
    random.nextBytes(id);
    Frame frame = frame("x" + new String(id, ISO_8859_1), "f", new byte[] {1}, random);
    MemoryRegistry registry = new MemoryRegistry();
    ImageEvents registered =
        new ImageEvents(InputFormat.AUTO, Optional.of(new Subject(registry, "frames-value")));
    for (OutputFormat format : OutputFormat.values()) {
      byte[] value = registered.write(frame, format);
      assertThat(Envelope.isWebp(ByteBuffer.wrap(value))).as(format.toString()).isFalse();
    }
  }

  private static Frame frame(String camera, String id, byte[] image, Random random) {
    Map<String, String> attributes = new HashMap<>();
    for (int left = random.nextInt(3); left > 0; left--) {
      attributes.put("a" + left, "v");
    }
    return new Frame(
        camera,
        id,
        TestEvents.CAPTURED.minus(Duration.ofMinutes(random.nextInt(1_000_000))),
        Image.encoded(Bytes.wrap(image)),
        attributes,
        TestEvents.SOURCE);
  }

  private void assertPicture(byte[] file) {
    FrameEvent read = read(file);
    assertThat(read).isInstanceOf(Frame.class);
    assertThat(((Frame) read).cameraId()).isEqualTo("door");
    assertThat(((Frame) read).image().bytes().array()).isEqualTo(file);
  }

  private FrameEvent read(byte[] value) {
    return events.read(incoming(value), TestEvents.CAPTURED);
  }

  private static IncomingFrame incoming(byte[] value) {
    return new IncomingFrame(
        KEY, Bytes.wrap(value), Map.of(), TestEvents.CAPTURED, TestEvents.SOURCE);
  }

  private static void assertTakenAsImageOnly(byte[] file) {
    for (InputFormat format : InputFormat.values()) {
      boolean taken = format == InputFormat.AUTO || format == InputFormat.IMAGE;
      assertThat(
              new ImageEvents(format, Optional.empty()).read(incoming(file), TestEvents.CAPTURED))
          .as(format.toString())
          .isInstanceOf(taken ? Frame.class : RejectedFrame.class);
    }
  }

  private static byte[] webp(int quality) {
    try (Mat picture = new Mat(48, 64, CV_8UC3, new Scalar(20, 80, 160, 0));
        BytePointer file = new BytePointer();
        IntPointer settings = new IntPointer(IMWRITE_WEBP_QUALITY, quality)) {
      assertThat(imencode(new BytePointer(".webp"), picture, file, settings)).isTrue();
      byte[] bytes = new byte[(int) file.limit()];
      file.get(bytes);
      return bytes;
    }
  }
}
