package dev.framelabel.wire;

import dev.framelabel.avro.ImageEvent;
import dev.framelabel.avro.ImageFormat;
import dev.framelabel.event.Bytes;
import dev.framelabel.event.Frame;
import dev.framelabel.event.FrameEvent;
import dev.framelabel.event.Image;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.RejectionKind;
import dev.framelabel.event.SourcePosition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Image events, between Kafka values and frames. Not thread-safe. */
public final class ImageEvents {
  private static final Instant EARLIEST = Instant.parse("1990-01-01T00:00:00Z");
  private static final Duration FURTHEST_AHEAD = Duration.ofDays(1);

  private final AvroCodec<ImageEvent> codec =
      new AvroCodec<>(new ImageEvent().getSpecificData(), ImageEvent.SCHEMA$, List.of());

  /**
   * Reads a record's value. Never throws for what the value holds: what cannot be read comes out as
   * rejected.
   *
   * @param value may be null, as Kafka's may
   * @param now the time against which capture times are checked
   */
  public FrameEvent read(byte[] value, SourcePosition source, Instant now) {
    if (value == null || value.length == 0) {
      return RejectedFrame.ofRecord(
          RejectionKind.UNREADABLE_EVENT,
          "the record has no value; expected an Avro ImageEvent",
          source,
          new byte[0]);
    }
    ImageEvent event;
    try {
      event = codec.read(value);
    } catch (IOException e) {
      return RejectedFrame.ofRecord(
          RejectionKind.UNREADABLE_EVENT,
          "the record of " + value.length + " bytes is no Avro ImageEvent: " + e.getMessage(),
          source,
          value);
    }
    String fault = fault(event, now);
    return fault.isEmpty()
        ? frame(event, source)
        : RejectedFrame.ofRecord(RejectionKind.INVALID_EVENT, fault, source, value);
  }

  /** What is wrong with the event's fields; empty where nothing is. */
  private static String fault(ImageEvent event, Instant now) {
    if (event.getCameraId().isEmpty()) {
      return "cameraId is empty; expected the camera's id";
    }
    if (event.getFrameId().isEmpty()) {
      return "frameId is empty; expected a unique id";
    }
    Instant capturedAt = event.getCapturedAt();
    if (capturedAt.isBefore(EARLIEST) || capturedAt.isAfter(now.plus(FURTHEST_AHEAD))) {
      return "capturedAt is "
          + capturedAt
          + "; expected between "
          + EARLIEST
          + " and a day from now";
    }
    if (event.getFormat() == ImageFormat.RGB24 && (event.getWidth() < 1 || event.getHeight() < 1)) {
      return "raw image of "
          + event.getWidth()
          + " x "
          + event.getHeight()
          + " pixels; expected width and height of 1 or more";
    }
    return "";
  }

  private static Frame frame(ImageEvent event, SourcePosition source) {
    Image image =
        new Image(
            Image.Format.valueOf(event.getFormat().name()),
            Bytes.wrap(WireBytes.array(event.getImage())),
            event.getWidth(),
            event.getHeight());
    return new Frame(
        event.getCameraId(),
        event.getFrameId(),
        event.getCapturedAt(),
        image,
        event.getAttributes(),
        source);
  }

  /** Writes an event of this frame; its source position is Kafka's to give. */
  public byte[] write(Frame frame, Framing framing) {
    Image image = frame.image();
    return codec.write(
        new ImageEvent(
            frame.cameraId(),
            frame.frameId(),
            frame.capturedAt(),
            ImageFormat.valueOf(image.format().name()),
            image.width(),
            image.height(),
            frame.attributes(),
            ByteBuffer.wrap(image.bytes().array())),
        framing);
  }
}
