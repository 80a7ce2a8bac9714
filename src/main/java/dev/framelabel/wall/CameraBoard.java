package dev.framelabel.wall;

import dev.framelabel.event.CameraStatus;
import dev.framelabel.event.Frame;
import dev.framelabel.event.Label;
import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/** What the wall knows of one camera. Not thread-safe. */
final class CameraBoard {
  static final int HISTORY = 100;

  /** Results come twice, as provisional and as committed; so many may lie between. */
  static final int REMEMBERED = 500;

  static final int TIMELINE_SECONDS = 60;
  private static final Duration QUIET = Duration.ofSeconds(5);
  private static final Duration STATUS_IS_FRESH = Duration.ofSeconds(6);

  private final String cameraId;
  private final Meter frames = new Meter();
  private final LinkedHashMap<String, Sighting> history = new LinkedHashMap<>();
  private final LinkedHashSet<String> remembered = new LinkedHashSet<>();
  private final String[] timelineLabels = new String[TIMELINE_SECONDS];
  private final long[] timelineSeconds = new long[TIMELINE_SECONDS];
  private Optional<CameraStatus> status = Optional.empty();
  private Optional<Instant> lastFrameAt = Optional.empty();
  private Optional<Instant> lastOutcomeAt = Optional.empty();
  private Optional<Sighting> shown = Optional.empty();
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
    if (lastFrameAt.isEmpty() || !arrivedAt.isBefore(lastFrameAt.get())) {
      lastFrameAt = Optional.of(arrivedAt);
      newestFrame = frame.frameId();
    }
    Sighting result = history.get(frame.frameId());
    if (result != null && result.outcome() instanceof LabelledFrame) {
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
   * Takes a result in, once for each frame id.
   *
   * @return whether it is new
   */
  boolean outcome(Outcome outcome, boolean committed, Instant arrivedAt, boolean hasPicture) {
    version++;
    Sighting before = history.get(outcome.frameId());
    if (before != null) {
      if (committed && !before.committed()) {
        replace(before.confirmed());
      }
      return false;
    }
    if (!remembered.add(outcome.frameId())) {
      return false;
    }
    forgetOldest();
    Sighting sighting = new Sighting(outcome, committed, arrivedAt);
    history.put(outcome.frameId(), sighting);
    lastOutcomeAt = Optional.of(arrivedAt);
    if (outcome instanceof LabelledFrame labelled) {
      show(labelled, sighting, hasPicture);
    } else {
      rejected++;
    }
    return true;
  }

  private void forgetOldest() {
    if (history.size() >= HISTORY) {
      history.remove(history.keySet().iterator().next());
    }
    if (remembered.size() > REMEMBERED) {
      remembered.remove(remembered.iterator().next());
    }
  }

  private void replace(Sighting confirmed) {
    history.replace(confirmed.outcome().frameId(), confirmed);
    if (shown.isPresent()
        && shown.get().outcome().frameId().equals(confirmed.outcome().frameId())) {
      shown = Optional.of(confirmed);
    }
  }

  private void show(LabelledFrame labelled, Sighting sighting, boolean hasPicture) {
    if (shown.isPresent() && labelled.capturedAt().isBefore(shown.get().capturedAt())) {
      return;
    }
    shown = Optional.of(sighting);
    if (hasPicture) {
      picture(labelled.frameId(), sighting.arrivedAt());
    }
    long second = labelled.capturedAt().getEpochSecond();
    int slot = (int) Math.floorMod(second, (long) TIMELINE_SECONDS);
    timelineSeconds[slot] = second;
    timelineLabels[slot] = labelled.labels().stream().findFirst().map(Label::label).orElse("");
  }

  private void picture(String frameId, Instant arrivedAt) {
    newestPicture = frameId;
    newestPictureAt = Optional.of(arrivedAt);
  }

  /** How the camera does, in the words of the page. */
  State state(Instant now) {
    Optional<State> reported = reportedState(now);
    if (reported.isPresent()) {
      return reported.get();
    }
    if (lastFrameAt.isEmpty()) {
      return shown.isPresent() ? State.SILENT : State.CONNECTING;
    }
    if (isOld(lastFrameAt, now)) {
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

  /** The top label of each of the last 60 seconds, oldest first; empty where there was none. */
  List<String> timeline(Instant now) {
    String[] labels = new String[TIMELINE_SECONDS];
    for (int i = 0; i < TIMELINE_SECONDS; i++) {
      long second = now.getEpochSecond() - TIMELINE_SECONDS + 1 + i;
      int slot = (int) Math.floorMod(second, (long) TIMELINE_SECONDS);
      boolean there = timelineSeconds[slot] == second && timelineLabels[slot] != null;
      labels[i] = there ? timelineLabels[slot] : "";
    }
    return Arrays.asList(labels);
  }

  /** The last results, newest first. */
  List<Sighting> history() {
    List<Sighting> newestFirst = new ArrayList<>(history.values());
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

  Optional<Instant> lastFrameAt() {
    return lastFrameAt;
  }

  Optional<Sighting> shown() {
    return shown;
  }

  /** The frame whose picture goes with the labels; the newest one while there are no labels. */
  String pictureFrame(Instant now) {
    return isOld(newestPictureAt, now) ? newestFrame : newestPicture;
  }

  long framesSeen() {
    return frames.total();
  }

  long rejected() {
    return rejected;
  }

  /** Grows with each change. */
  long version() {
    return version;
  }

  /** What a tile says. */
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
