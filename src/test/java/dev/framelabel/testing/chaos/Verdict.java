package dev.framelabel.testing.chaos;

/**
 * What came out against what went in.
 *
 * @param produced records that the broker took into the frames topic
 * @param labelled different frames with labels
 * @param rejected different frames, or unreadable records, that were rejected
 * @param lost produced without an outcome
 * @param doubled outcomes beyond the first
 * @param invented outcomes of nothing that was produced
 * @param misjudged good frames that were rejected, and bad ones that were labelled or rejected as
 *     another kind
 * @param outOfOrder results that came after a later frame of their camera, on the same topic
 */
public record Verdict(
    long produced,
    long labelled,
    long rejected,
    long lost,
    long doubled,
    long invented,
    long misjudged,
    long outOfOrder) {
  /** Whether every record came out exactly once, in order, and on the right topic. */
  public boolean exact() {
    return lost == 0 && doubled == 0 && invented == 0 && misjudged == 0 && outOfOrder == 0;
  }
}
