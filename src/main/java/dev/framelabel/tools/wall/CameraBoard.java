package dev.framelabel.tools.wall;

import dev.framelabel.event.CameraStatus;
import dev.framelabel.event.Frame;
import dev.framelabel.event.RejectedFrame;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/** State of one camera on the wall, in bounded memory. Not thread-safe. */
final class CameraBoard {
  static final int HISTORY = 100;

  /** Results come twice, as provisional and as committed; so many may lie between. */
  static final int REMEMBERED = 2_000;

  private static final Duration QUIET = Duration.ofSeconds(5);
  private static final Duration STATUS_IS_FRESH = Duration.ofSeconds(6);

  private final String cameraId;
  private final RateMeter frames = new RateMeter();
  private final LinkedHashMap<String, ObservedResult> history = new LinkedHashMap<>();
  private final RecentIds remembered = new RecentIds(REMEMBERED);
  private final Timeline timeline = new Timeline();
  private int kept = HISTORY;
  private Optional<CameraStatus> status = Optional.empty();
  private Optional<Instant> lastFrameAt = Optional.empty();
  private Optional<Instant> lastFrameArrivedAt = Optional.empty();
  private Optional<Instant> lastOutcomeAt = Optional.empty();
  private Optional<ObservedResult> shown = Optional.empty();
  private String newestFrame = "";
  private String newestPicture = "";
  private Optional<Instant> newestPictureAt = Optional.empty();
  private long rejected;
  private long version;

  CameraBoard(String cameraId) {
    this.cameraId = cameraId;
  }

  void frame(Frame frame, Instant arrivedAt) {
    frames.add(arrivedAt.toEpochMilli(), 1);
    if (lastFrameArrivedAt.isEmpty() || !arrivedAt.isBefore(lastFrameArrivedAt.get())) {
      lastFrameArrivedAt = Optional.of(arrivedAt);
      lastFrameAt = Optional.of(frame.capturedAt());
      newestFrame = frame.frameId();
    }
    ObservedResult result = history.get(frame.frameId());
    if (result != null && result.isLabelled()) {
      // Topics are not read in step: the label may come before its frame.
      picture(frame.frameId(), arrivedAt);
    }
    version++;
  }

  void status(CameraStatus newer) {
    status = Optional.of(newer);
    version++;
  }

  /**
   * Adds a result; one of a frame that is known replaces the former where that was not final.
   *
   * @return whether it is the first of its frame
   */
  boolean outcome(ObservedResult observed, boolean hasPicture) {
    version++;
    ObservedResult before = history.get(observed.key());
    if (before != null) {
      replace(before, before.or(observed), hasPicture);
      return false;
    }
    if (!remembered.add(observed.key())) {
      return false;
    }
    history.put(observed.key(), observed);
    keep(kept);
    lastOutcomeAt = Optional.of(observed.arrivedAt());
    if (observed.outcome() instanceof RejectedFrame) {
      rejected++;
    }
    show(observed, hasPicture);
    return true;
  }

  /** Keeps so many results from now on, and forgets older ones. */
  void keep(int results) {
    kept = results;
    while (history.size() > kept) {
      history.remove(history.keySet().iterator().next());
    }
  }

  private void replace(ObservedResult before, ObservedResult after, boolean hasPicture) {
    history.replace(after.key(), after);
    if (shown.isPresent() && shown.get().key().equals(after.key())) {
      shown = after.isLabelled() ? Optional.of(after) : newestLabelled();
    } else if (!before.isLabelled()) {
      show(after, hasPicture);
    }
  }

  private void show(ObservedResult observed, boolean hasPicture) {
    if (!observed.isLabelled()
        || (shown.isPresent() && observed.capturedAt().isBefore(shown.get().capturedAt()))) {
      return;
    }
    shown = Optional.of(observed);
    if (hasPicture) {
      picture(observed.key(), observed.arrivedAt());
    }
    timeline.mark(observed);
  }

  /** Withdraws the results that turn out to have been aborted. */
  void settle(SettledOffsets.Range settled) {
    List<ObservedResult> aborted =
        history.values().stream().filter(one -> one.isWithdrawnBy(settled)).toList();
    if (aborted.isEmpty()) {
      return;
    }
    version++;
    for (ObservedResult one : aborted) {
      history.replace(one.key(), one.withdrawn());
      timeline.clear(one.capturedAt());
    }
    history.values().stream().filter(ObservedResult::isLabelled).forEach(timeline::mark);
    if (shown.isPresent() && shown.get().isWithdrawnBy(settled)) {
      shown = newestLabelled();
    }
  }

  private Optional<ObservedResult> newestLabelled() {
    return history.values().stream()
        .filter(ObservedResult::isLabelled)
        .max(Comparator.comparing(ObservedResult::capturedAt));
  }

  private void picture(String frameId, Instant arrivedAt) {
    newestPicture = frameId;
    newestPictureAt = Optional.of(arrivedAt);
  }

  /** Returns the camera's state, in the words of the page. */
  State state(Instant now) {
    Optional<State> reported = reportedState(now);
    if (reported.isPresent()) {
      return reported.get();
    }
    if (lastFrameAt.isEmpty()) {
      return shown.isPresent() ? State.SILENT : State.CONNECTING;
    }
    if (isOld(lastFrameArrivedAt, now)) {
      return State.SILENT;
    }
    return isOld(lastOutcomeAt, now) ? State.UNLABELLED : State.LIVE;
  }

  private Optional<State> reportedState(Instant now) {
    if (status.isEmpty()) {
      return Optional.empty();
    }
    CameraStatus newest = status.get();
    boolean fresh = Duration.between(newest.reportedAt(), now).compareTo(STATUS_IS_FRESH) < 0;
    return switch (newest.state()) {
      case ENDED -> Optional.of(State.ENDED);
      case LOST -> Optional.of(State.LOST);
      case CONNECTING -> fresh ? Optional.of(State.CONNECTING) : Optional.empty();
      case FROZEN -> fresh ? Optional.of(State.FROZEN) : Optional.empty();
      case BLACK -> fresh ? Optional.of(State.BLACK) : Optional.empty();
      case LIVE, UNKNOWN -> Optional.empty();
    };
  }

  private static boolean isOld(Optional<Instant> time, Instant now) {
    return time.isEmpty() || Duration.between(time.get(), now).compareTo(QUIET) > 0;
  }

  /**
   * Returns the top label of each of the last seconds, oldest first; empty where there was none.
   */
  List<String> timeline(Instant now) {
    return timeline.until(now);
  }

  /** Returns the last results, newest first. */
  List<ObservedResult> history() {
    List<ObservedResult> newestFirst = new ArrayList<>(history.values());
    Collections.reverse(newestFirst);
    return newestFirst;
  }

  double framesPerSecond(Instant now) {
    return frames.perSecond(now.toEpochMilli());
  }

  String cameraId() {
    return cameraId;
  }

  Optional<CameraStatus> status() {
    return status;
  }

  /** Returns when the newest frame was captured, by its camera's clock. */
  Optional<Instant> lastFrameAt() {
    return lastFrameAt;
  }

  Optional<ObservedResult> shown() {
    return shown;
  }

  /**
   * Returns the frame whose picture goes with the labels; the newest one while there are no labels.
   */
  String pictureFrame(Instant now) {
    return isOld(newestPictureAt, now) ? newestFrame : newestPicture;
  }

  long framesSeen() {
    return frames.total();
  }

  long rejected() {
    return rejected;
  }

  /** Returns a number that grows with each change. */
  long version() {
    return version;
  }

  /** State that a tile shows. */
  enum State {
    CONNECTING,
    LIVE,
    UNLABELLED,
    FROZEN,
    BLACK,
    SILENT,
    LOST,
    ENDED
  }
}
