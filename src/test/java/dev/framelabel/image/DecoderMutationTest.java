package dev.framelabel.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.image.BadImageException.Fault;
import java.awt.Color;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Damaged images end in a {@link BadImageException} or in pixels, and in nothing else. */
class DecoderMutationTest {
  private static final int SEEDS = 1_000;
  private static final Path KEPT = Path.of("src/test/resources/mutations");

  private final ImageDecoder decoder = new ImageDecoder(16, 16, Resize.CROP, ImageLimits.DEFAULT);
  private final ByteBuffer pixels = ByteBuffer.allocateDirect(decoder.outputBytes());

  @Test
  void decode_aThousandSeedsOfDamage_isRefusedOrDecoded() throws Exception {
    List<byte[]> wholes =
        List.of(
            Pictures.encode(Pictures.halves(40, 30, Color.RED, Color.BLUE), "jpeg"),
            Pictures.encode(Pictures.halves(40, 30, Color.RED, Color.BLUE), "png"),
            Files.readAllBytes(Path.of("src/test/resources/images/restart.jpg")));
    for (int seed = 0; seed < SEEDS; seed++) {
      for (byte[] whole : wholes) {
        byte[] damaged = damage(whole, new Random(seed));
        try {
          Optional<Fault> ignored = fault(damaged);
        } catch (RuntimeException e) {
          throw new AssertionError("seed " + seed + " of " + whole.length + " bytes", e);
        }
      }
    }
  }

  @Test
  void decode_pngWithAnyBitFlipped_isRefused() {
    byte[] png = Pictures.encode(Pictures.halves(12, 8, Color.RED, Color.BLUE), "png");
    for (int bit = 0; bit < 8 * png.length; bit++) {
      byte[] damaged = png.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(fault(damaged)).as("bit %d", bit).isPresent();
    }
  }

  static List<Path> kept() throws IOException {
    try (Stream<Path> files = Files.list(KEPT)) {
      return files.sorted().toList();
    }
  }

  /** Files that are kept from earlier finds; their names begin with the fault. */
  @ParameterizedTest
  @MethodSource("kept")
  void decode_keptFile_hasItsFault(Path file) throws Exception {
    String name = file.getFileName().toString();
    assertThat(fault(Files.readAllBytes(file)))
        .contains(Fault.valueOf(name.substring(0, name.indexOf('-'))));
  }

  /** Flips bits, and now and then cuts, repeats or overwrites a part. */
  private static byte[] damage(byte[] whole, Random random) {
    byte[] damaged = whole.clone();
    for (int i = 0; i <= random.nextInt(8); i++) {
      damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
    }
    int at = random.nextInt(damaged.length);
    return switch (random.nextInt(6)) {
      case 0 -> Arrays.copyOf(damaged, at);
      case 1 -> {
        System.arraycopy(damaged, 0, damaged, at, Math.min(at, damaged.length - at));
        yield damaged;
      }
      case 2 -> {
        Arrays.fill(damaged, at, Math.min(damaged.length, at + 20), (byte) random.nextInt());
        yield damaged;
      }
      default -> damaged;
    };
  }

  private Optional<Fault> fault(byte[] file) {
    try {
      decoder.decode(file, pixels);
      return Optional.empty();
    } catch (BadImageException e) {
      return Optional.of(e.fault());
    }
  }
}
