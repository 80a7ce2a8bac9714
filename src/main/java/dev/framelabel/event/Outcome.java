package dev.framelabel.event;

import java.util.Map;

/** Outcome of one frame. Every frame that goes in comes out as exactly one outcome. */
public sealed interface Outcome permits LabelledFrame, RejectedFrame {
  /** Returns the camera id; empty where the event could not be read. */
  String cameraId();

  /** Returns the frame id; empty where the event could not be read. */
  String frameId();

  SourcePosition source();

  Map<String, String> attributes();

  /** Returns the headers of the frame's record that go on to the result's. */
  Map<String, String> headers();
}
