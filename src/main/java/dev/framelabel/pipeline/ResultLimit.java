package dev.framelabel.pipeline;

import static java.util.Objects.requireNonNull;

import dev.framelabel.event.Bytes;
import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.RejectionKind;
import java.io.Serializable;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * Limit for results that their topic does not take, and which would fail the job at every restart.
 * The fields of events have limits that keep results far below; what is larger comes from
 * elsewhere, such as a savepoint of a version without these limits.
 *
 * @param bytes the largest record
 * @param size of an outcome's record: key, value and headers; called on the task's thread
 */
public record ResultLimit(int bytes, Size size) implements Serializable {
  /** Measure of a result's record, in bytes. */
  public interface Size extends ToIntFunction<Outcome>, Serializable {}

  public ResultLimit {
    requireNonNull(size, "size");
  }

  /** Returns the outcome itself where it fits, else a rejected frame that does. */
  public Outcome fit(Outcome outcome) {
    int found = size.applyAsInt(outcome);
    if (found <= bytes) {
      return outcome;
    }
    String why =
        "its result had "
            + found
            + " bytes; --max-record-size allows "
            + bytes
            + ": attributes and headers are left out";
    return outcome instanceof RejectedFrame rejected
        ? rejected.withoutAttributes(why)
        : ofLabelled((LabelledFrame) outcome, why);
  }

  /** Rejects a labelled frame, whose image is gone by now; the record of the frame has it. */
  private static RejectedFrame ofLabelled(LabelledFrame frame, String why) {
    return new RejectedFrame(
        RejectionKind.INVALID_EVENT,
        why,
        frame.cameraId(),
        frame.frameId(),
        Optional.of(frame.capturedAt()),
        frame.source(),
        RejectedFrame.Content.IMAGE,
        Bytes.EMPTY,
        Map.of(),
        Map.of());
  }
}
