package dev.framelabel.event;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomDistribution;

/**
 * What happens to bytes on their way. Places count from the beginning, and begin again at the end.
 *
 * @param flipped bits
 * @param how what happens to the bytes at {@code place}
 * @param written byte that is written over what was there
 */
public record Damage(List<Integer> flipped, Kind how, int place, byte written) {
  private static final int MOST_FLIPS = 12;
  private static final int MOST_WRITTEN = 20;
  private static final int MOST_NOISE = 400;

  /** What happens besides flipped bits. */
  enum Kind {
    NOTHING,
    CUT,
    REPEATED,
    OVERWRITTEN
  }

  /**
   * Files that are kept from earlier finds, by name; their names begin with the kind that they are
   * refused as.
   *
   * @param folder below the test resources
   */
  public static List<Path> kept(String folder) {
    try (Stream<Path> files = Files.list(Path.of("src/test/resources", folder))) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a kept file is refused as. */
  public static String kind(Path kept) {
    String name = kept.getFileName().toString();
    return name.substring(0, name.indexOf('-'));
  }

  /** Any damage; now and then none. */
  public static Arbitrary<Damage> any() {
    Arbitrary<Integer> places =
        Arbitraries.integers().between(0, 1 << 20).withDistribution(RandomDistribution.uniform());
    return Combinators.combine(
            places.list().ofMaxSize(MOST_FLIPS),
            Arbitraries.of(Kind.class),
            places,
            Arbitraries.bytes())
        .as(Damage::new);
  }

  /** Bytes of no meaning. */
  public static Arbitrary<byte[]> noise() {
    return Arbitraries.bytes().array(byte[].class).ofMaxSize(MOST_NOISE);
  }

  /**
   * A damaged copy.
   *
   * @param whole not empty
   */
  public byte[] of(byte[] whole) {
    byte[] damaged = whole.clone();
    for (int bit : flipped) {
      damaged[bit / 8 % damaged.length] ^= (byte) (1 << bit % 8);
    }
    int at = place % damaged.length;
    int left = damaged.length - at;
    switch (how) {
      case NOTHING -> {}
      case CUT -> damaged = Arrays.copyOf(damaged, at);
      case REPEATED -> System.arraycopy(damaged, 0, damaged, at, Math.min(at, left));
      case OVERWRITTEN -> Arrays.fill(damaged, at, at + Math.min(left, MOST_WRITTEN), written);
    }
    return damaged;
  }
}
