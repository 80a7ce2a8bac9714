package dev.framelabel.tools.wall;

import dev.framelabel.event.Bytes;
import dev.framelabel.event.Frame;
import dev.framelabel.event.Image;
import dev.framelabel.event.Label;
import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.RejectionKind;
import dev.framelabel.event.SourcePosition;
import dev.framelabel.event.Timings;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Frames and results as a feed tells them. */
final class ObservedResults {
  private ObservedResults() {}

  static Frame frame(String camera, String frameId, byte[] picture, Instant capturedAt) {
    return new Frame(
        camera,
        frameId,
        capturedAt,
        Image.encoded(picture),
        Map.of(),
        new SourcePosition("frames", 0, 1));
  }

  static LabelledFrame labelled(Frame frame, String... labels) {
    List<Label> all =
        java.util.Arrays.stream(labels).map(label -> new Label(label, 0, 0.9f)).toList();
    return new LabelledFrame(
        frame.cameraId(),
        frame.frameId(),
        frame.capturedAt(),
        frame.capturedAt().plusMillis(40),
        all,
        WallFixture.MODEL,
        frame.source(),
        new Timings(1_500, 9_000, 20_000, 8),
        Map.of(),
        Map.of());
  }

  /** What a record turned out to be that is no event at all. */
  static RejectedFrame nameless(long offset) {
    return RejectedFrame.ofRecord(
        RejectionKind.UNREADABLE_EVENT,
        "no Avro",
        new SourcePosition("frames", 0, offset),
        Bytes.wrap(new byte[] {1}),
        Map.of());
  }

  static FeedRecord provisional(long offset, Instant at) {
    return new FeedRecord(at, new SourcePosition("labels", 0, offset), false);
  }

  static FeedRecord committed(long offset, Instant at) {
    return new FeedRecord(at, new SourcePosition("labels", 0, offset), true);
  }
}
