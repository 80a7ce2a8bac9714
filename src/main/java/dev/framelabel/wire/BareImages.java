package dev.framelabel.wire;

import dev.framelabel.event.Bytes;
import dev.framelabel.event.Frame;
import dev.framelabel.event.FrameEvent;
import dev.framelabel.event.Image;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.RejectionKind;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;

/** Reader of frames from records whose value is an image file and nothing else. */
public final class BareImages {
  /** Header with the frame id; without it, {@code ce_id} or the record's position is the id. */
  public static final String FRAME_ID = "frame-id";

  /** Header with the capture time; without it, {@code ce_time} or the record's time counts. */
  public static final String CAPTURED_AT = "captured-at";

  static final String CAMERA_ID = "camera-id";
  private static final String CLOUD_EVENT_ID = "ce_id";
  private static final String CLOUD_EVENT_TIME = "ce_time";

  private BareImages() {}

  /**
   * Reads a frame. The camera id is header {@value #CAMERA_ID}, else the key. The frame id is
   * header {@value #FRAME_ID}, else {@code ce_id}, else the record's position, which is the same
   * when it is read again. The capture time is header {@value #CAPTURED_AT}, else {@code ce_time},
   * else the record's.
   */
  static FrameEvent read(IncomingFrame incoming, Map<String, String> carried) {
    String cameraId =
        header(incoming, CAMERA_ID).or(() -> CarriedHeaders.text(incoming.key())).orElse("");
    if (cameraId.isEmpty()) {
      return RejectedFrame.ofRecord(
          RejectionKind.INVALID_EVENT,
          "a bare image without a camera; expected its id as the record's key or in header "
              + CAMERA_ID,
          incoming.source(),
          incoming.value(),
          carried);
    }
    String frameId =
        header(incoming, FRAME_ID)
            .or(() -> header(incoming, CLOUD_EVENT_ID))
            .orElseGet(() -> incoming.source().toString());
    String time =
        header(incoming, CAPTURED_AT).or(() -> header(incoming, CLOUD_EVENT_TIME)).orElse("");
    try {
      Instant capturedAt =
          time.isEmpty() ? incoming.timestamp() : OffsetDateTime.parse(time).toInstant();
      return new Frame(
          cameraId,
          frameId,
          capturedAt.truncatedTo(ChronoUnit.MICROS),
          Image.encoded(incoming.value()),
          Map.of(),
          incoming.source(),
          carried);
    } catch (DateTimeException e) {
      return RejectedFrame.ofRecord(
          RejectionKind.INVALID_EVENT,
          "the image's time is '" + time + "'; expected one such as 2026-01-31T12:00:00.123Z",
          incoming.source(),
          incoming.value(),
          carried);
    }
  }

  private static Optional<String> header(IncomingFrame incoming, String name) {
    return Optional.ofNullable(incoming.headers().getOrDefault(name, Bytes.EMPTY))
        .flatMap(CarriedHeaders::text)
        .filter(text -> !text.isEmpty());
  }
}
