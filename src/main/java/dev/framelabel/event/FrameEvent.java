package dev.framelabel.event;

/** Content of one record of the frames topic: a frame, or a rejected frame if it cannot be read. */
public sealed interface FrameEvent permits Frame, RejectedFrame {
  SourcePosition source();
}
