package dev.framelabel.tools.wall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.event.Frame;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.RejectionKind;
import dev.framelabel.event.TestEvents;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class CameraBoardTest {
  private static final Instant NOW = TestEvents.CAPTURED.plusSeconds(2);

  private final CameraBoard board = new CameraBoard("camera");

  @Test
  void outcome_rejectedFrame_isKeptWithoutItsOriginal() {
    reject(0, false);
    RejectedFrame kept = (RejectedFrame) board.history().get(0).outcome();
    assertThat(kept.original().length()).isZero();
    assertThat(kept.frameId()).isEqualTo("frame-0");
  }

  @Test
  void outcome_longTextsAndManyLabels_areShortened() {
    String[] labels =
        java.util.Collections.nCopies(1_000, "x".repeat(1_000)).toArray(String[]::new);
    label("frame", 0, ObservedResults.provisional(0, NOW), labels);
    assertThat(board.history().get(0).labels())
        .hasSize(ObservedResult.MAX_LABELS)
        .allMatch(label -> label.label().length() == ObservedResult.MAX_TEXT);
  }

  @Test
  void outcome_committedAfterItHasLeftTheHistory_isNotCountedAgain() {
    for (int i = 0; i < 3 * CameraBoard.HISTORY; i++) {
      assertThat(reject(i, false)).isTrue();
    }
    for (int i = 0; i < 3 * CameraBoard.HISTORY; i++) {
      assertThat(reject(i, true)).isFalse();
    }
    assertThat(board.rejected()).isEqualTo(3 * CameraBoard.HISTORY);
    assertThat(board.history()).hasSize(CameraBoard.HISTORY);
    assertThat(board.history()).allMatch(ObservedResult::committed);
  }

  @Test
  void outcome_rejectedFramesWithoutId_areToldApartByTheirPlace() {
    for (long offset = 0; offset < 3; offset++) {
      RejectedFrame bad = ObservedResults.nameless(offset);
      assertThat(
              board.outcome(
                  ObservedResult.of(bad, ObservedResults.provisional(offset, NOW)), false))
          .isTrue();
      assertThat(
              board.outcome(ObservedResult.of(bad, ObservedResults.committed(offset, NOW)), false))
          .isFalse();
    }
    assertThat(board.rejected()).isEqualTo(3);
  }

  @Test
  void settle_abortedResult_isWithdrawnAndTheOneBeforeShownAgain() {
    label("frame-1", 0, ObservedResults.provisional(10, NOW), "shoe");
    label("frame-1", 0, ObservedResults.committed(10, NOW), "shoe");
    label("frame-2", 1, ObservedResults.provisional(11, NOW), "bag");
    assertThat(board.shown().orElseThrow().key()).isEqualTo("frame-2");
    long version = board.version();

    board.settle(range(11, 12));

    assertThat(board.shown().orElseThrow().key()).isEqualTo("frame-1");
    assertThat(board.history().get(0).standing()).isEqualTo(ObservedResult.Standing.WITHDRAWN);
    assertThat(board.history().get(1).standing()).isEqualTo(ObservedResult.Standing.COMMITTED);
    assertThat(board.timeline(NOW)).contains("shoe").doesNotContain("bag");
    assertThat(board.version()).isGreaterThan(version);
  }

  @Test
  void settle_nothingElseLabelled_showsNoLabels() {
    label("frame-1", 0, ObservedResults.provisional(10, NOW), "shoe");
    board.settle(range(0, 11));
    assertThat(board.shown()).isEmpty();
  }

  @Test
  void settle_openTransaction_leavesItProvisional() {
    label("frame-1", 0, ObservedResults.provisional(10, NOW), "shoe");
    long version = board.version();
    board.settle(range(0, 10));
    board.settle(new SettledOffsets.Range("labels", 1, 0, 100));
    board.settle(new SettledOffsets.Range("rejected", 0, 0, 100));
    assertThat(board.history().get(0).standing()).isEqualTo(ObservedResult.Standing.PROVISIONAL);
    assertThat(board.version()).isEqualTo(version);
  }

  @Test
  void outcome_labelledAgainAfterAnAbort_holds() {
    label("frame-1", 0, ObservedResults.provisional(10, NOW), "shoe");
    board.settle(range(0, 12));
    assertThat(label("frame-1", 0, ObservedResults.provisional(15, NOW), "bag")).isFalse();
    assertThat(board.shown().orElseThrow().labels().get(0).label()).isEqualTo("bag");
    assertThat(board.timeline(NOW)).contains("bag");
    label("frame-1", 0, ObservedResults.committed(15, NOW), "bag");
    board.settle(range(12, 20));
    assertThat(board.history()).hasSize(1);
    assertThat(board.history().get(0).standing()).isEqualTo(ObservedResult.Standing.COMMITTED);
  }

  @Test
  void settle_sameFrameOpenAgainElsewhere_isNotWithdrawn() {
    label("frame-1", 0, ObservedResults.provisional(10, NOW), "shoe");
    label("frame-1", 0, ObservedResults.provisional(15, NOW), "shoe");
    board.settle(range(0, 12));
    assertThat(board.history().get(0).standing()).isEqualTo(ObservedResult.Standing.PROVISIONAL);
  }

  @Test
  void outcome_repeatedAfterItsCommit_changesNothing() {
    label("frame-1", 0, ObservedResults.committed(10, NOW), "shoe");
    label("frame-1", 0, ObservedResults.provisional(15, NOW), "bag");
    assertThat(board.history()).hasSize(1);
    assertThat(board.history().get(0).committed()).isTrue();
    assertThat(board.history().get(0).labels().get(0).label()).isEqualTo("shoe");
  }

  @Test
  void frame_capturedBeforeItArrived_hasTheAgeOfItsCapture() {
    Instant captured = NOW.minusSeconds(90);
    board.frame(ObservedResults.frame("camera", "frame-1", new byte[1], captured), NOW);
    assertThat(board.lastFrameAt()).contains(captured);
    // A camera's clock may be wrong: whether it is silent, the arrival tells.
    label("frame-1", 0, ObservedResults.committed(1, NOW), "shoe");
    assertThat(board.state(NOW.plusSeconds(1))).isEqualTo(CameraBoard.State.LIVE);
  }

  @Test
  void pictureFrame_labelComesBeforeItsFrame_isThatFrameAndNotAnOldOne() {
    board.frame(ObservedResults.frame("camera", "frame-0", new byte[1], NOW), NOW);
    label("frame-1", 0, ObservedResults.committed(1, NOW), "shoe");
    board.frame(ObservedResults.frame("camera", "frame-1", new byte[1], NOW), NOW);
    board.frame(ObservedResults.frame("camera", "frame-2", new byte[1], NOW), NOW);
    assertThat(board.pictureFrame(NOW)).isEqualTo("frame-1");
  }

  @Test
  void pictureFrame_noneWithALabelForLong_isTheNewest() {
    label("frame-1", 0, ObservedResults.committed(1, NOW), "shoe");
    board.frame(ObservedResults.frame("camera", "frame-1", new byte[1], NOW), NOW);
    Instant later = NOW.plusSeconds(10);
    board.frame(ObservedResults.frame("camera", "frame-9", new byte[1], later), later);
    assertThat(board.pictureFrame(NOW)).isEqualTo("frame-1");
    assertThat(board.pictureFrame(later)).isEqualTo("frame-9");
  }

  private static SettledOffsets.Range range(long from, long to) {
    return new SettledOffsets.Range("labels", 0, from, to);
  }

  private boolean label(String frameId, long second, FeedRecord arrival, String... labels) {
    Frame frame =
        ObservedResults.frame(
            "camera", frameId, new byte[1], TestEvents.CAPTURED.plusSeconds(second));
    return board.outcome(
        ObservedResult.of(ObservedResults.labelled(frame, labels), arrival), false);
  }

  private boolean reject(int number, boolean committed) {
    Outcome outcome =
        TestEvents.frame("frame-" + number, new byte[1_000])
            .reject(RejectionKind.CORRUPT_IMAGE, "cut");
    FeedRecord arrival =
        committed
            ? ObservedResults.committed(number, NOW)
            : ObservedResults.provisional(number, NOW);
    return board.outcome(ObservedResult.of(outcome, arrival), false);
  }
}
