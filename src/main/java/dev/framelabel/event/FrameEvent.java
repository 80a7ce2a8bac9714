package dev.framelabel.event;

/**
 * What one record of the frames topic turned out to be: a frame, or something that cannot be read
 * as one.
 */
public sealed interface FrameEvent permits Frame, RejectedFrame {
  SourcePosition source();
}
