package dev.framelabel.wire;

import dev.framelabel.avro.ImageEvent;
import dev.framelabel.avro.ImageFormat;
import java.time.Duration;
import java.time.Instant;

/** Which values the fields of an image event may have. */
final class ImageEventRules {
  private static final Instant EARLIEST = Instant.parse("1990-01-01T00:00:00Z");
  private static final Duration FURTHEST_AHEAD = Duration.ofDays(1);

  private ImageEventRules() {}

  /** What is wrong with the event's fields apart from its time; empty where nothing is. */
  static String fault(ImageEvent event) {
    if (event.getCameraId().isEmpty()) {
      return "cameraId is empty; expected the camera's id";
    }
    if (event.getFrameId().isEmpty()) {
      return "frameId is empty; expected a unique id";
    }
    boolean raw = event.getFormat() == ImageFormat.RGB24;
    if (!event.getImageUri().isEmpty() && (raw || event.getImage().hasRemaining())) {
      return "imageUri is given with "
          + (raw ? "format RGB24" : "an image")
          + "; expected it alone, for a whole image file";
    }
    if (raw && (event.getWidth() < 1 || event.getHeight() < 1)) {
      return "raw image of "
          + event.getWidth()
          + " x "
          + event.getHeight()
          + " pixels; expected width and height of 1 or more";
    }
    return "";
  }

  /** What is wrong with a capture time; empty where nothing is. */
  static String timeFault(Instant capturedAt, Instant now) {
    return capturedAt.isBefore(EARLIEST) || capturedAt.isAfter(now.plus(FURTHEST_AHEAD))
        ? "capturedAt is " + capturedAt + "; expected between " + EARLIEST + " and a day from now"
        : "";
  }
}
