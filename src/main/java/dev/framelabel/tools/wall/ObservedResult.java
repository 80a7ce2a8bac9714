package dev.framelabel.tools.wall;

import dev.framelabel.event.Bytes;
import dev.framelabel.event.Label;
import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.ModelIdentity;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.SourcePosition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * One result as the wall keeps it: without what nobody is shown and which may be large.
 *
 * @param key tells the frame from others of its camera
 * @param arrivedAt when the broker had it
 * @param position where its record stands
 */
record ObservedResult(
    String key, Outcome outcome, Standing standing, Instant arrivedAt, SourcePosition position) {
  static final int MAX_LABELS = 10;
  static final int MAX_TEXT = 300;

  private static final ModelIdentity NO_MODEL = new ModelIdentity("", "", "");
  private static final SourcePosition NO_SOURCE = new SourcePosition("", 0, 0);

  /** Finality of a result. */
  enum Standing {
    /** Its transaction is still open, or is not yet known to be closed. */
    PROVISIONAL,
    COMMITTED,
    /** Its transaction was aborted; the frame's result may come again. */
    WITHDRAWN
  }

  static ObservedResult of(Outcome outcome, FeedRecord arrival) {
    boolean named = !outcome.frameId().isEmpty();
    return new ObservedResult(
        named ? outcome.frameId() : outcome.source().toString(),
        shortened(outcome),
        arrival.committed() ? Standing.COMMITTED : Standing.PROVISIONAL,
        arrival.at(),
        arrival.position());
  }

  private static Outcome shortened(Outcome outcome) {
    if (outcome instanceof LabelledFrame labelled) {
      return new LabelledFrame(
          labelled.cameraId(),
          labelled.frameId(),
          labelled.capturedAt(),
          labelled.labelledAt(),
          labelled.labels().stream().limit(MAX_LABELS).map(ObservedResult::shortened).toList(),
          NO_MODEL,
          NO_SOURCE,
          labelled.timings(),
          Map.of(),
          Map.of());
    }
    RejectedFrame rejected = (RejectedFrame) outcome;
    return new RejectedFrame(
        rejected.kind(),
        shortened(rejected.reason()),
        rejected.cameraId(),
        rejected.frameId(),
        rejected.capturedAt(),
        NO_SOURCE,
        rejected.content(),
        Bytes.EMPTY,
        Map.of(),
        Map.of());
  }

  private static Label shortened(Label label) {
    return label.label().length() <= MAX_TEXT
        ? label
        : new Label(shortened(label.label()), label.classIndex(), label.score());
  }

  static String shortened(String text) {
    return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT - 1) + "…";
  }

  /** Returns which of two results of one frame holds: nothing replaces a committed one. */
  ObservedResult or(ObservedResult later) {
    return committed() ? this : later;
  }

  ObservedResult withdrawn() {
    return new ObservedResult(key, outcome, Standing.WITHDRAWN, arrivedAt, position);
  }

  /** Returns whether this was provisional only, and is now known not to have been committed. */
  boolean isWithdrawnBy(SettledOffsets.Range settled) {
    return standing == Standing.PROVISIONAL && settled.contains(position);
  }

  boolean committed() {
    return standing == Standing.COMMITTED;
  }

  /** Returns whether these are labels that hold, as far as is known. */
  boolean isLabelled() {
    return standing != Standing.WITHDRAWN && outcome instanceof LabelledFrame;
  }

  List<Label> labels() {
    return outcome instanceof LabelledFrame labelled ? labelled.labels() : List.of();
  }

  /** Returns the capture time; the arrival where the event could not be read. */
  Instant capturedAt() {
    return outcome instanceof LabelledFrame labelled
        ? labelled.capturedAt()
        : ((RejectedFrame) outcome).capturedAt().orElse(arrivedAt);
  }

  /** Returns the time from the camera to the label; empty for a frame without one. */
  OptionalDouble latencyMillis() {
    return outcome instanceof LabelledFrame labelled
        ? OptionalDouble.of(
            Duration.between(labelled.capturedAt(), labelled.labelledAt()).toNanos() / 1e6)
        : OptionalDouble.empty();
  }
}
