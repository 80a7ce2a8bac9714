package dev.framelabel.wall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.event.Outcome;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.RejectionKind;
import dev.framelabel.event.TestEvents;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class CameraBoardTest {
  private final CameraBoard board = new CameraBoard("camera");

  @Test
  void outcome_rejectedFrame_isKeptWithoutItsOriginal() {
    take(0, false);
    RejectedFrame kept = (RejectedFrame) board.history().get(0).outcome();
    assertThat(kept.original().length()).isZero();
    assertThat(kept.frameId()).isEqualTo("frame-0");
  }

  @Test
  void outcome_committedAfterItHasLeftTheHistory_isNotCountedAgain() {
    for (int i = 0; i < 3 * CameraBoard.HISTORY; i++) {
      assertThat(take(i, false)).isTrue();
    }
    for (int i = 0; i < 3 * CameraBoard.HISTORY; i++) {
      assertThat(take(i, true)).isFalse();
    }
    assertThat(board.rejected()).isEqualTo(3 * CameraBoard.HISTORY);
    assertThat(board.history()).hasSize(CameraBoard.HISTORY);
    assertThat(board.history()).allMatch(Sighting::committed);
  }

  @Test
  void pictureFrame_labelComesBeforeItsFrame_isThatFrameAndNotAnOldOne() {
    board.frame(TestEvents.frame("frame-0", new byte[1]), TestEvents.CAPTURED);
    board.outcome(TestEvents.labelled(), true, TestEvents.CAPTURED, false);
    board.frame(TestEvents.frame(), TestEvents.CAPTURED);
    board.frame(TestEvents.frame("frame-2", new byte[1]), TestEvents.CAPTURED);
    assertThat(board.pictureFrame(TestEvents.CAPTURED)).isEqualTo("frame-1");
  }

  @Test
  void pictureFrame_noneWithALabelForLong_isTheNewest() {
    board.outcome(TestEvents.labelled(), true, TestEvents.CAPTURED, true);
    Instant later = TestEvents.CAPTURED.plusSeconds(10);
    board.frame(TestEvents.frame("frame-9", new byte[1]), later);
    assertThat(board.pictureFrame(TestEvents.CAPTURED)).isEqualTo("frame-1");
    assertThat(board.pictureFrame(later)).isEqualTo("frame-9");
  }

  private boolean take(int number, boolean committed) {
    Outcome outcome =
        TestEvents.frame("frame-" + number, new byte[1_000])
            .reject(RejectionKind.CORRUPT_IMAGE, "cut");
    return board.outcome(outcome, committed, TestEvents.CAPTURED, false);
  }
}
