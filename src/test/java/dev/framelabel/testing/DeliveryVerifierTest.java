package dev.framelabel.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.event.Bytes;
import dev.framelabel.event.Frame;
import dev.framelabel.event.Image;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.RejectionKind;
import dev.framelabel.event.SourcePosition;
import dev.framelabel.event.TestEvents;
import dev.framelabel.testing.DeliveryVerifier.Faults;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeliveryVerifierTest {
  private final DeliveryVerifier verifier = DeliveryVerifier.ofNumbered(4);

  @Test
  void faults_oneResultOfEach_none() {
    add("a", "0", "2");
    add("b", "1", "3");
    assertThat(verifier.faults()).isEqualTo(Faults.NONE);
    assertThat(verifier.accounted()).isEqualTo(4);
    assertThat(verifier.outcomes()).hasSize(4);
  }

  @Test
  void faults_frameWithoutResult_isLost() {
    add("a", "0", "1", "3");
    assertThat(verifier.faults())
        .isEqualTo(new Faults(List.of("2"), List.of(), List.of(), List.of()));
  }

  @Test
  void faults_resultsBeyondTheFirst_areDoubledAndInOrder() {
    add("a", "0", "1", "2", "1", "1", "3");
    assertThat(verifier.faults())
        .isEqualTo(new Faults(List.of(), List.of("1", "1"), List.of(), List.of()));
  }

  @Test
  void faults_resultsOfNothing_areInvented() {
    add("a", "0", "1", "2", "3", "4", "4");
    assertThat(verifier.faults())
        .isEqualTo(new Faults(List.of(), List.of(), List.of("4", "4"), List.of()));
    assertThat(verifier.accounted()).isEqualTo(4);
  }

  @Test
  void faults_laterFrameFirst_isOutOfOrderWithinACameraOnly() {
    add("a", "2", "0");
    add("b", "3", "1");
    assertThat(verifier.faults().outOfOrder()).containsExactly("0", "1");
    DeliveryVerifier across = DeliveryVerifier.ofNumbered(2);
    across.add(rejected("a", "1"));
    across.add(rejected("b", "0"));
    assertThat(across.faults()).isEqualTo(Faults.NONE);
  }

  @Test
  void faults_unreadableRecords_areKnownByTheirPosition() {
    DeliveryVerifier two = new DeliveryVerifier(List.of(), 2);
    two.add(unreadable(1));
    assertThat(two.faults().lost()).containsExactly("unreadable");
    two.add(unreadable(2));
    assertThat(two.faults()).isEqualTo(Faults.NONE);
    assertThat(two.accounted()).isEqualTo(2);
    two.add(unreadable(2));
    two.add(unreadable(3));
    assertThat(two.faults())
        .isEqualTo(
            new Faults(
                List.of(),
                List.of(unreadable(2).source().toString()),
                List.of(unreadable(3).source().toString()),
                List.of()));
  }

  @Test
  void faults_frameWhoseIdWasCut_isKnownByItsPosition() {
    DeliveryVerifier one = new DeliveryVerifier(List.of(), 1);
    RejectedFrame cut = rejected("a", "x".repeat(5_000));
    one.add(cut);
    assertThat(one.faults()).isEqualTo(Faults.NONE);
    one.add(cut);
    assertThat(one.faults().doubled()).containsExactly(cut.source().toString());
  }

  private static RejectedFrame unreadable(long offset) {
    return RejectedFrame.ofRecord(
        RejectionKind.UNREADABLE_EVENT,
        "a test",
        new SourcePosition("frames", 0, offset),
        Bytes.wrap(new byte[] {9}),
        Map.of());
  }

  private void add(String camera, String... frames) {
    for (String frame : frames) {
      verifier.add(rejected(camera, frame));
    }
  }

  private static RejectedFrame rejected(String camera, String frame) {
    return new Frame(
            camera,
            frame,
            TestEvents.CAPTURED,
            Image.encoded(new byte[] {1}),
            Map.of(),
            TestEvents.SOURCE)
        .reject(RejectionKind.CORRUPT_IMAGE, "a test");
  }
}
