package dev.framelabel.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.event.Frame;
import dev.framelabel.event.FrameEvent;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.TestEvents;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Damaged events come out as frames with ids, or as rejected with all their bytes. */
class EventMutationTest {
  private static final int SEEDS = 1_000;
  private static final Instant NOW = TestEvents.CAPTURED.plusSeconds(1);

  private final ImageEvents events = new ImageEvents();

  @ParameterizedTest
  @EnumSource(names = {"SINGLE_OBJECT", "PLAIN"})
  void read_aThousandSeedsOfDamage_isAFrameOrRejectedWhole(Framing framing) {
    byte[] whole = events.write(TestEvents.frame("f", new byte[200]), framing);
    for (int seed = 0; seed < SEEDS; seed++) {
      check(seed, damage(whole, new Random(seed)));
    }
    // A reader that has seen all this reads a good event still.
    assertThat(events.read(whole, TestEvents.SOURCE, NOW))
        .isEqualTo(TestEvents.frame("f", new byte[200]));
  }

  private void check(int seed, byte[] damaged) {
    FrameEvent event;
    try {
      event = events.read(damaged, TestEvents.SOURCE, NOW);
    } catch (RuntimeException e) {
      throw new AssertionError("seed " + seed, e);
    }
    if (event instanceof RejectedFrame rejected) {
      assertThat(rejected.original().array()).as("seed %d", seed).isEqualTo(damaged);
    } else {
      Frame frame = (Frame) event;
      assertThat(frame.cameraId()).as("seed %d", seed).isNotEmpty();
      assertThat(frame.image().bytes().length()).isLessThanOrEqualTo(damaged.length);
    }
  }

  /** Flipped bits, a cut, random bytes behind the framing, or nothing but random bytes. */
  private static byte[] damage(byte[] whole, Random random) {
    byte[] damaged = whole.clone();
    switch (random.nextInt(4)) {
      case 0 -> {
        byte[] noise = new byte[random.nextInt(400)];
        random.nextBytes(noise);
        return noise;
      }
      case 1 -> {
        byte[] noise = new byte[whole.length - 10];
        random.nextBytes(noise);
        System.arraycopy(noise, 0, damaged, 10, noise.length);
      }
      default -> {
        for (int i = 0; i <= random.nextInt(8); i++) {
          damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
        }
      }
    }
    return random.nextInt(4) == 0
        ? Arrays.copyOf(damaged, random.nextInt(damaged.length))
        : damaged;
  }
}
