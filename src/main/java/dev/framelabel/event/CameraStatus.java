package dev.framelabel.event;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Status of a camera, as its publisher reports it every second. Immutable.
 *
 * @param reportedAt by the publisher's clock
 * @param lastFrameAt capture time of the newest frame; empty before the first
 * @param framesIn frames that the source has given since the publisher's start
 * @param framesOut frames that the broker has acknowledged
 * @param dropped frames that were not published, for whatever reason
 * @param clockSkewMillis the camera's clock less the publisher's; empty where it is not known
 * @param reconnects how often the camera was opened again
 * @param lastError for people, passwords masked; empty where there was none
 * @param source the camera's address, passwords masked
 */
public record CameraStatus(
    String cameraId,
    State state,
    Instant reportedAt,
    Optional<Instant> lastFrameAt,
    long framesIn,
    long framesOut,
    long dropped,
    float fpsIn,
    float fpsOut,
    OptionalLong clockSkewMillis,
    long reconnects,
    String lastError,
    String source) {
  /** State of a camera. */
  public enum State {
    /** A state that this version does not know. */
    UNKNOWN,
    /** Not a picture yet. */
    CONNECTING,
    /** Pictures come and change. */
    LIVE,
    /** Pictures come, but are all the same. */
    FROZEN,
    /** Pictures come, but are black. */
    BLACK,
    /** No pictures; the publisher connects again. */
    LOST,
    /** Read to its end, or the publisher was stopped. */
    ENDED
  }

  public CameraStatus {
    requireNonNull(cameraId, "cameraId");
    requireNonNull(state, "state");
    requireNonNull(reportedAt, "reportedAt");
    requireNonNull(lastFrameAt, "lastFrameAt");
    requireNonNull(clockSkewMillis, "clockSkewMillis");
    requireNonNull(lastError, "lastError");
    requireNonNull(source, "source");
  }
}
