package dev.framelabel.event;

import java.util.Map;

/** What became of one frame. Every frame that goes in comes out as exactly one outcome. */
public sealed interface Outcome permits LabelledFrame, RejectedFrame {
  /** The camera; empty where the event could not be read. */
  String cameraId();

  /** The frame; empty where the event could not be read. */
  String frameId();

  SourcePosition source();

  Map<String, String> attributes();

  /** Headers of the frame's record that go on to the result's. */
  Map<String, String> headers();
}
