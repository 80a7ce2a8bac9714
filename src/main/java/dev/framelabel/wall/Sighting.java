package dev.framelabel.wall;

import dev.framelabel.event.Bytes;
import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.RejectedFrame;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalDouble;

/**
 * One result as the wall keeps it: of a rejected frame without its original bytes, which nobody is
 * shown and which may be large.
 *
 * @param committed whether it is final
 * @param arrivedAt when the broker had it
 */
record Sighting(Outcome outcome, boolean committed, Instant arrivedAt) {
  Sighting {
    outcome = outcome instanceof RejectedFrame rejected ? withoutOriginal(rejected) : outcome;
  }

  private static RejectedFrame withoutOriginal(RejectedFrame rejected) {
    return new RejectedFrame(
        rejected.kind(),
        rejected.reason(),
        rejected.cameraId(),
        rejected.frameId(),
        rejected.capturedAt(),
        rejected.source(),
        rejected.content(),
        Bytes.EMPTY,
        rejected.attributes(),
        rejected.headers());
  }

  Sighting confirmed() {
    return new Sighting(outcome, true, arrivedAt);
  }

  /** Capture time; the arrival where the event could not be read. */
  Instant capturedAt() {
    return outcome instanceof LabelledFrame labelled
        ? labelled.capturedAt()
        : ((RejectedFrame) outcome).capturedAt().orElse(arrivedAt);
  }

  /** From the camera to the label; empty for a frame without one. */
  OptionalDouble latencyMillis() {
    return outcome instanceof LabelledFrame labelled
        ? OptionalDouble.of(
            Duration.between(labelled.capturedAt(), labelled.labelledAt()).toNanos() / 1e6)
        : OptionalDouble.empty();
  }
}
