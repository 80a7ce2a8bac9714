package dev.framelabel.event;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A frame that could not be labelled, and why. Immutable. Ids and reason hold what senders wrote:
 * they are cut to their limits ({@link FieldLimits}).
 *
 * @param reason what was found and what was expected, for people
 * @param cameraId empty where the event could not be read
 * @param frameId empty where the event could not be read
 * @param capturedAt empty where the event could not be read
 * @param content what {@code original} holds
 * @param original the original bytes, whole
 * @param headers the frame record's headers that go on to this one's
 */
public record RejectedFrame(
    RejectionKind kind,
    String reason,
    String cameraId,
    String frameId,
    Optional<Instant> capturedAt,
    SourcePosition source,
    Content content,
    Bytes original,
    Map<String, String> attributes,
    Map<String, String> headers)
    implements FrameEvent, Outcome {
  /** Kind of the original bytes of a rejected frame. */
  public enum Content {
    /** The value of the Kafka record. */
    EVENT,
    /** The image alone; the event's other fields stand in the rejected frame. */
    IMAGE,
    /** The image's URI in UTF-8; the image could not be read from there. */
    IMAGE_URI
  }

  public RejectedFrame {
    requireNonNull(kind, "kind");
    reason = FieldLimits.cutReason(reason);
    cameraId = FieldLimits.cutId(cameraId);
    frameId = FieldLimits.cutId(frameId);
    requireNonNull(capturedAt, "capturedAt");
    requireNonNull(source, "source");
    requireNonNull(content, "content");
    requireNonNull(original, "original");
    attributes = Map.copyOf(attributes);
    headers = Map.copyOf(headers);
  }

  /** Returns a rejected frame for a record of which only position and headers are known. */
  public static RejectedFrame ofRecord(
      RejectionKind kind,
      String reason,
      SourcePosition source,
      Bytes value,
      Map<String, String> headers) {
    return new RejectedFrame(
        kind, reason, "", "", Optional.empty(), source, Content.EVENT, value, Map.of(), headers);
  }

  /** Returns the same rejection with its original, but without what its sender added. */
  public RejectedFrame withoutAttributes(String why) {
    return new RejectedFrame(
        kind,
        reason + "; " + why,
        cameraId,
        frameId,
        capturedAt,
        source,
        content,
        original,
        Map.of(),
        Map.of());
  }

  /** Returns a text without the original: Flink prints records in messages of its exceptions. */
  @Override
  public String toString() {
    return "RejectedFrame[" + kind + ": " + reason + ", " + original + ", " + source + "]";
  }
}
