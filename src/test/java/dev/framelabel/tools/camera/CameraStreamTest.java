package dev.framelabel.tools.camera;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.event.FieldLimits;
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
    try (CameraStream stream = stream("rtsp://door/")) {
      time.pass(Duration.ofMinutes(1));
      Instant now = time.now();
      assertThat(capturedAt(stream, Optional.empty())).isEqualTo(now);
      assertThat(capturedAt(stream, now.minusSeconds(10))).isEqualTo(now.minusSeconds(10));
      assertThat(capturedAt(stream, now.minusNanos(10_000_001_000L))).as("too old").isEqualTo(now);
      assertThat(capturedAt(stream, now.plusNanos(1_000))).as("to come").isEqualTo(now);
    }
  }

  @Test
  void capturedAt_timeOfAFile_mayBeOld() {
    try (CameraStream stream = stream(folder.toString())) {
      assertThat(capturedAt(stream, FieldLimits.EARLIEST)).isEqualTo(FieldLimits.EARLIEST);
      assertThat(capturedAt(stream, Instant.EPOCH)).as("cannot be").isEqualTo(time.now());
      assertThat(capturedAt(stream, time.now().plusSeconds(1))).isEqualTo(time.now());
    }
  }

  private CameraStream stream(String address) {
    return new CameraStream(new CameraSettings("door", address), 1 << 20, 1 << 20, () -> {}, time);
  }

  private static Instant capturedAt(CameraStream stream, Instant takenAt) {
    return capturedAt(stream, Optional.of(takenAt));
  }

  private static Instant capturedAt(CameraStream stream, Optional<Instant> takenAt) {
    return stream.frame(CapturedPicture.of(PICTURE, takenAt)).orElseThrow().capturedAt();
  }
}
