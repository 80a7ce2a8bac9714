package dev.framelabel.wire;

import dev.framelabel.avro.ImageEvent;
import dev.framelabel.avro.ImageFormat;
import dev.framelabel.event.FieldLimits;
import dev.framelabel.event.Frame;
import dev.framelabel.event.Image;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** Rules for the values of an image event's fields. */
final class ImageEventRules {
  private static final Duration FURTHEST_AHEAD = Duration.ofDays(1);

  private static final int SHOWN = 40;

  private ImageEventRules() {}

  /** Returns what is wrong with the event's fields apart from its time; empty if nothing is. */
  static String fault(ImageEvent event) {
    if (event.getCameraId().isEmpty()) {
      return "cameraId is empty; expected the camera's id";
    }
    if (event.getFrameId().isEmpty()) {
      return "frameId is empty; expected a unique id";
    }
    boolean raw = event.getFormat() == ImageFormat.RGB24;
    if (!event.getImageUri().isEmpty() && (raw || event.getImage().hasRemaining())) {
      return "imageUri is given with %s; expected it alone, for a whole image file"
          .formatted(raw ? "format RGB24" : "an image");
    }
    if (raw && (event.getWidth() < 1 || event.getHeight() < 1)) {
      return "raw image of %s x %s pixels; expected width and height of 1 or more"
          .formatted(event.getWidth(), event.getHeight());
    }
    return "";
  }

  /** Returns what is wrong with a capture time; empty if nothing is. */
  static String timeFault(Instant capturedAt, Instant now) {
    return capturedAt.isBefore(FieldLimits.EARLIEST) || capturedAt.isAfter(now.plus(FURTHEST_AHEAD))
        ? "capturedAt is "
            + capturedAt
            + "; expected between "
            + FieldLimits.EARLIEST
            + " and a day from now"
        : "";
  }

  /** Returns which field of a frame exceeds its limit; empty if none does. */
  static String sizeFault(Frame frame) {
    String fault = sizeFault("cameraId", frame.cameraId(), FieldLimits.ID_BYTES);
    if (fault.isEmpty()) {
      fault = sizeFault("frameId", frame.frameId(), FieldLimits.ID_BYTES);
    }
    if (fault.isEmpty() && frame.image().format() == Image.Format.REFERENCE) {
      fault = sizeFault("imageUri", frame.image().bytes().length(), FieldLimits.IMAGE_URI_BYTES);
    }
    return fault.isEmpty() ? attributesFault(frame.attributes()) : fault;
  }

  private static String attributesFault(Map<String, String> attributes) {
    if (attributes.size() > FieldLimits.ATTRIBUTES) {
      return attributes.size() + " attributes; expected at most " + FieldLimits.ATTRIBUTES;
    }
    long total = 0;
    for (Map.Entry<String, String> attribute : attributes.entrySet()) {
      String key = attribute.getKey();
      String fault = sizeFault("an attribute's key", key, FieldLimits.ATTRIBUTE_KEY_BYTES);
      if (fault.isEmpty()) {
        fault =
            sizeFault(
                "attribute '" + head(key) + "'",
                attribute.getValue(),
                FieldLimits.ATTRIBUTE_VALUE_BYTES);
      }
      if (!fault.isEmpty()) {
        return fault;
      }
      total += FieldLimits.utf8Bytes(key) + FieldLimits.utf8Bytes(attribute.getValue());
    }
    return total > FieldLimits.ATTRIBUTES_BYTES
        ? "attributes have "
            + total
            + " bytes together; expected at most "
            + FieldLimits.ATTRIBUTES_BYTES
        : "";
  }

  private static String sizeFault(String name, String text, int limit) {
    return sizeFault(name, FieldLimits.utf8Bytes(text), limit);
  }

  private static String sizeFault(String name, int found, int limit) {
    return found > limit ? name + " has " + found + " bytes; expected at most " + limit : "";
  }

  /** Returns the beginning of a sender's text, for a message. */
  static String head(String text) {
    int characters = Math.min(SHOWN, text.codePointCount(0, text.length()));
    return text.substring(0, text.offsetByCodePoints(0, characters));
  }
}
