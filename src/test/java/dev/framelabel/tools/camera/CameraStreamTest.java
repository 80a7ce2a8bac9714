package dev.framelabel.tools.camera;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.image.TestImages;
import java.awt.Color;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CameraStreamTest {
  private static final byte[] PICTURE = TestImages.jpeg(16, 16, Color.RED);

  private final SetTime time = new SetTime();

  @TempDir private Path folder;

  @Test
  void capturedAt_timeOfALiveCamera_isTakenWhereItCanBeTrue() {
    try (CameraStream lane = lane("rtsp://door/")) {
      time.pass(Duration.ofMinutes(1));
      Instant now = time.now();
      assertThat(capturedAt(lane, Optional.empty())).isEqualTo(now);
      assertThat(capturedAt(lane, now.minusSeconds(10))).isEqualTo(now.minusSeconds(10));
      assertThat(capturedAt(lane, now.minusNanos(10_000_001_000L))).as("too old").isEqualTo(now);
      assertThat(capturedAt(lane, now.plusNanos(1_000))).as("to come").isEqualTo(now);
    }
  }

  @Test
  void capturedAt_timeOfAFile_mayBeOld() {
    try (CameraStream lane = lane(folder.toString())) {
      assertThat(capturedAt(lane, Instant.EPOCH)).isEqualTo(Instant.EPOCH);
      assertThat(capturedAt(lane, time.now().plusSeconds(1))).isEqualTo(time.now());
    }
  }

  private CameraStream lane(String address) {
    return new CameraStream(new CameraSettings("door", address), 1 << 20, 1 << 20, () -> {}, time);
  }

  private static Instant capturedAt(CameraStream lane, Instant takenAt) {
    return capturedAt(lane, Optional.of(takenAt));
  }

  private static Instant capturedAt(CameraStream lane, Optional<Instant> takenAt) {
    return lane.frame(CapturedPicture.of(PICTURE, takenAt)).orElseThrow().capturedAt();
  }
}
