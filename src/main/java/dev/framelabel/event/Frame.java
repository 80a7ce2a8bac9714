package dev.framelabel.event;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * One frame of one camera. Immutable, so it may be shared between threads and operators without a
 * copy.
 *
 * @param cameraId the camera, not empty
 * @param frameId unique over all cameras and restarts, not empty; the key for de-duplication
 * @param capturedAt when the camera took the frame, in microseconds
 * @param image the picture as it was sent
 * @param attributes the sender's own, carried through to the result
 * @param source where the frame's record is in Kafka
 * @param headers the record's headers that go on to the result's: trace context, CloudEvents
 */
public record Frame(
    String cameraId,
    String frameId,
    Instant capturedAt,
    Image image,
    Map<String, String> attributes,
    SourcePosition source,
    Map<String, String> headers)
    implements FrameEvent {
  public Frame {
    requireText(cameraId, "cameraId");
    requireText(frameId, "frameId");
    requireNonNull(capturedAt, "capturedAt");
    requireNonNull(image, "image");
    attributes = Map.copyOf(attributes);
    requireNonNull(source, "source");
    headers = Map.copyOf(headers);
  }

  /** Creates a frame whose record has no headers to carry. */
  public Frame(
      String cameraId,
      String frameId,
      Instant capturedAt,
      Image image,
      Map<String, String> attributes,
      SourcePosition source) {
    this(cameraId, frameId, capturedAt, image, attributes, source, Map.of());
  }

  /** Returns the same frame with another image. */
  public Frame withImage(Image other) {
    return new Frame(cameraId, frameId, capturedAt, other, attributes, source, headers);
  }

  private static void requireText(String value, String name) {
    if (value.isEmpty()) {
      throw new IllegalArgumentException(name + " is empty; expected a name");
    }
  }

  /** Returns the frame as a rejected one: its image as the original, all else carried over. */
  public RejectedFrame reject(RejectionKind kind, String reason) {
    return new RejectedFrame(
        kind,
        reason,
        cameraId,
        frameId,
        Optional.of(capturedAt),
        source,
        image.format() == Image.Format.REFERENCE
            ? RejectedFrame.Content.IMAGE_URI
            : RejectedFrame.Content.IMAGE,
        image.bytes(),
        attributes,
        headers);
  }

  /** Returns a text without the image: Flink prints records in the messages of its exceptions. */
  @Override
  public String toString() {
    return "Frame[" + frameId + " of " + cameraId + ", " + image.bytes() + ", " + source + "]";
  }
}
