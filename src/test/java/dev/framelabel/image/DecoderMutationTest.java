package dev.framelabel.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.event.Damage;
import dev.framelabel.image.BadImageException.Fault;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Damaged images end in a {@link BadImageException} or in pixels, and in nothing else. */
class DecoderMutationTest {
  private static final List<byte[]> WHOLE = whole();
  private static final ImageDecoder DECODER =
      new ImageDecoder(16, 16, Resize.CROP, ImageLimits.DEFAULT);
  private static final ByteBuffer PIXELS = ByteBuffer.allocateDirect(DECODER.outputBytes());

  @Provide
  Arbitrary<Damage> damage() {
    return Damage.any();
  }

  @Property
  void decode_damagedPictures_areRefusedOrDecoded(@ForAll("damage") Damage damage) {
    for (byte[] whole : WHOLE) {
      // Whatever is thrown but a BadImageException fails the property.
      Optional<Fault> ignored = fault(damage.of(whole));
    }
  }

  private static List<byte[]> whole() {
    BufferedImage halves = TestImages.halves(40, 30, Color.RED, Color.BLUE);
    try {
      return List.of(
          TestImages.encode(halves, "jpeg"),
          TestImages.encode(halves, "png"),
          Files.readAllBytes(Path.of("src/test/resources/images/restart.jpg")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void decode_pngWithAnyBitFlipped_isRefused() {
    byte[] png = TestImages.encode(TestImages.halves(12, 8, Color.RED, Color.BLUE), "png");
    for (int bit = 0; bit < 8 * png.length; bit++) {
      byte[] damaged = png.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(fault(damaged)).as("bit %d", bit).isPresent();
    }
  }

  static List<Path> kept() {
    return Damage.kept("mutations");
  }

  @ParameterizedTest
  @MethodSource("kept")
  void decode_keptFile_hasItsFault(Path file) throws Exception {
    assertThat(fault(Files.readAllBytes(file))).contains(Fault.valueOf(Damage.kind(file)));
  }

  /** Also as a part of what Kafka's client fetched, between other pictures: nothing is else. */
  private static Optional<Fault> fault(byte[] file) {
    Optional<Fault> alone = fault(ByteBuffer.wrap(file));
    byte[] pixels = pixels();
    byte[] other = WHOLE.get(0);
    ByteBuffer fetched = ByteBuffer.allocate(file.length + 2 * other.length);
    fetched.put(other).put(file).put(other).flip();
    PIXELS.duplicate().put(new byte[DECODER.outputBytes()]);
    assertThat(fault(fetched.slice(other.length, file.length))).isEqualTo(alone);
    if (alone.isEmpty()) {
      assertThat(pixels()).isEqualTo(pixels);
    }
    return alone;
  }

  private static byte[] pixels() {
    byte[] pixels = new byte[DECODER.outputBytes()];
    PIXELS.duplicate().get(pixels);
    return pixels;
  }

  private static Optional<Fault> fault(ByteBuffer file) {
    try {
      DECODER.decode(file, PIXELS);
      return Optional.empty();
    } catch (BadImageException e) {
      return Optional.of(e.fault());
    }
  }
}
