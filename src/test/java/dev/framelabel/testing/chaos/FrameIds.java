package dev.framelabel.testing.chaos;

/** How the load numbers its frames. */
final class FrameIds {
  /** Before the number of a frame that can be labelled. */
  static final String GOOD = "frame-";

  /** Before the number of a frame that must be rejected. */
  static final String BAD = "bad-";

  /** What {@link #number} says of an id that the load never gives. */
  static final long NOT_OURS = -1;

  private FrameIds() {}

  static boolean bad(String frameId) {
    return frameId.startsWith(BAD);
  }

  static long number(String frameId) {
    String prefix = bad(frameId) ? BAD : GOOD;
    if (!frameId.startsWith(prefix)) {
      return NOT_OURS;
    }
    try {
      return Long.parseLong(frameId.substring(prefix.length()));
    } catch (NumberFormatException e) {
      return NOT_OURS;
    }
  }
}
