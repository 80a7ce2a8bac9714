package dev.framelabel.testing.chaos;

import dev.framelabel.event.RejectionKind;
import java.util.Optional;

/** Ids of the load's frames: what must become of a frame, then its number. */
final class FrameIds {
  /** What {@link #number} says of an id that the load never gives. */
  static final long NOT_OURS = -1;

  private static final String GOOD = "frame-";
  private static final String BAD = "bad-";

  private FrameIds() {}

  /** Returns the id of a frame that must be labelled. */
  static String good(long number) {
    return GOOD + number;
  }

  /**
   * Returns the id of a frame.
   *
   * @param kind what it must be rejected as; empty if it must be labelled
   */
  static String of(Optional<RejectionKind> kind, long number) {
    return kind.map(rejected -> BAD + rejected + "-" + number).orElseGet(() -> good(number));
  }

  /** Returns what one of our frames must be rejected as; empty if it must be labelled. */
  static Optional<RejectionKind> kind(String frameId) {
    return frameId.startsWith(BAD)
        ? Optional.of(
            RejectionKind.valueOf(frameId.substring(BAD.length(), frameId.lastIndexOf('-'))))
        : Optional.empty();
  }

  static long number(String frameId) {
    if (!frameId.matches("(frame|bad-[A-Z_]+)-[0-9]{1,10}")) {
      return NOT_OURS;
    }
    return Long.parseLong(frameId.substring(frameId.lastIndexOf('-') + 1));
  }
}
