package dev.framelabel.tools.camera;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.event.CameraStatus;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class CameraHealthTest {
  private final SetTime time = new SetTime();
  private final CameraHealth health =
      new CameraHealth(new CameraSettings("door", "rtsp://door/"), time);

  @Test
  void status_rates_areThoseSinceTheCallBefore() {
    came(20);
    health.sent();
    time.pass(Duration.ofSeconds(4));
    CameraStatus first = health.status();
    assertThat(first.reportedAt()).isEqualTo(SetTime.START.plusSeconds(4));
    assertThat(first.fpsIn()).isEqualTo(5);
    assertThat(first.fpsOut()).isEqualTo(0.25f);
    came(3);
    time.pass(Duration.ofSeconds(1));
    assertThat(health.status().fpsIn()).isEqualTo(3);
    assertThat(health.status().fpsIn()).as("no time has passed").isZero();
  }

  @Test
  void clock_ofTheCamera_isComparedWithOurs() {
    time.pass(Duration.ofMinutes(1));
    health.clock(SetTime.START);
    assertThat(health.status().clockSkewMillis()).hasValue(-60_000);
  }

  /** The seconds since a camera was switched on, or milliseconds for seconds. */
  @Test
  void clock_thatCannotBe_isNotBelieved() {
    for (long seconds : new long[] {0, 86_400, 20 * 31_536_000L, 1_772_600_767_250L}) {
      health.clock(Instant.ofEpochSecond(seconds));
    }
    health.clock(Instant.MIN);
    health.clock(Instant.MAX);
    assertThat(health.status().clockSkewMillis()).isEmpty();
    health.clock(Instant.parse("2000-01-01T00:00:00Z"));
    assertThat(health.status().clockSkewMillis()).as("a clock that was never set").isPresent();
  }

  private void came(int pictures) {
    for (int picture = 0; picture < pictures; picture++) {
      health.came(SetTime.START, PictureCheck.Look.FINE);
    }
  }
}
