package dev.framelabel.wall;

import dev.framelabel.event.CameraStatus;
import dev.framelabel.event.Frame;
import dev.framelabel.event.Image;
import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.RejectionKind;
import dev.framelabel.kafka.LiveListener;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Everything that the wall shows, in bounded memory: so many cameras, results, samples and bytes of
 * pictures, and no more. Thread-safe.
 */
final class WallModel implements LiveListener {
  static final int MAX_CAMERAS = 1_000;
  private static final int REJECTED_SAMPLES = 20;
  private static final long PICTURE_BYTES = 96L << 20;

  private final Clock clock;
  private final Pictures pictures = new Pictures(PICTURE_BYTES);
  private final Map<String, CameraBoard> cameras = new TreeMap<>(new NaturalOrder());
  private final Map<RejectionKind, Long> rejectedByKind = new EnumMap<>(RejectionKind.class);
  private final Deque<Sighting> rejectedSamples = new ArrayDeque<>();
  private final Meter labelled = new Meter();
  private final Meter batches = new Meter();
  private final Meter frames = new Meter();
  private final Percentiles latency = new Percentiles();
  private Optional<LabelledFrame> newest = Optional.empty();
  private boolean brokerReachable = true;
  private String brokerFault = "";
  private long unreadable;
  private long skipped;
  private long unseenCameras;

  WallModel(Clock clock) {
    this.clock = clock;
  }

  @Override
  public void frame(Frame frame, Instant arrivedAt) {
    pictures.put(frame.frameId(), frame.image());
    synchronized (this) {
      frames.add(arrivedAt.toEpochMilli(), 1);
      board(frame.cameraId()).ifPresent(board -> board.frame(frame, arrivedAt));
    }
  }

  @Override
  public synchronized void outcome(Outcome outcome, boolean committed, Instant arrivedAt) {
    if (outcome.cameraId().isEmpty() && outcome instanceof RejectedFrame bad) {
      if (isNewSample(bad)) {
        reject(new Sighting(bad, committed, arrivedAt));
      }
      return;
    }
    Optional<CameraBoard> board = board(outcome.cameraId());
    boolean hasPicture = pictures.contains(outcome.frameId());
    if (board.isPresent() && board.get().outcome(outcome, committed, arrivedAt, hasPicture)) {
      count(new Sighting(outcome, committed, arrivedAt));
    }
  }

  /** A frame without an id is told from others by where its record stands. */
  private boolean isNewSample(RejectedFrame bad) {
    return rejectedSamples.stream().noneMatch(kept -> kept.outcome().source().equals(bad.source()));
  }

  private void count(Sighting sighting) {
    if (sighting.outcome() instanceof LabelledFrame frame) {
      labelled.add(sighting.arrivedAt().toEpochMilli(), 1);
      batches.add(sighting.arrivedAt().toEpochMilli(), frame.timings().batchSize());
      sighting.latencyMillis().ifPresent(latency::add);
      newest = Optional.of(frame);
    } else {
      reject(sighting);
    }
  }

  private void reject(Sighting sighting) {
    RejectedFrame bad = (RejectedFrame) sighting.outcome();
    rejectedByKind.merge(bad.kind(), 1L, Long::sum);
    rejectedSamples.addFirst(sighting);
    if (rejectedSamples.size() > REJECTED_SAMPLES) {
      rejectedSamples.removeLast();
    }
  }

  private Optional<CameraBoard> board(String cameraId) {
    CameraBoard board = cameras.get(cameraId);
    if (board == null) {
      if (cameras.size() >= MAX_CAMERAS) {
        unseenCameras++;
        return Optional.empty();
      }
      board = new CameraBoard(cameraId);
      cameras.put(cameraId, board);
    }
    return Optional.of(board);
  }

  @Override
  public synchronized void status(CameraStatus status) {
    board(status.cameraId()).ifPresent(board -> board.status(status));
  }

  @Override
  public synchronized void unreadable(String topic) {
    unreadable++;
  }

  @Override
  public synchronized void skipped(long records) {
    skipped += records;
  }

  @Override
  public synchronized void broker(boolean reachable, String fault) {
    brokerReachable = reachable;
    brokerFault = fault;
  }

  Optional<Image> picture(String frameId) {
    return pictures.get(frameId);
  }

  /** Looks at all cameras, in the order of the page, while nothing changes. */
  synchronized <T> List<T> cameras(Function<CameraBoard, T> view) {
    List<T> views = new ArrayList<>(cameras.size());
    cameras.values().forEach(board -> views.add(view.apply(board)));
    return views;
  }

  /** The last results of a camera, newest first; empty where there is no such camera. */
  synchronized Optional<List<Sighting>> history(String cameraId) {
    return Optional.ofNullable(cameras.get(cameraId)).map(CameraBoard::history);
  }

  Instant now() {
    return clock.instant();
  }

  /** The figures of the panel. */
  synchronized Summary summary() {
    long now = clock.millis();
    double perSecond = labelled.perSecond(now);
    double[] at = latency.at(0.5, 0.95, 0.99);
    return new Summary(
        brokerReachable,
        brokerFault,
        cameras.size(),
        frames.perSecond(now),
        perSecond,
        perSecond == 0 ? 0 : batches.perSecond(now) / perSecond,
        at[0],
        at[1],
        at[2],
        frames.total(),
        labelled.total(),
        new EnumMap<>(rejectedByKind),
        List.copyOf(rejectedSamples),
        newest.map(frame -> frame.model().name() + " " + frame.model().version()).orElse(""),
        unreadable,
        skipped,
        unseenCameras);
  }

  /** One look at the whole. */
  record Summary(
      boolean brokerReachable,
      String brokerFault,
      int cameras,
      double framesPerSecond,
      double labelledPerSecond,
      double batchSize,
      double latencyP50,
      double latencyP95,
      double latencyP99,
      long frames,
      long labelled,
      Map<RejectionKind, Long> rejectedByKind,
      List<Sighting> rejectedSamples,
      String model,
      long unreadable,
      long skipped,
      long unseenCameras) {
    long rejected() {
      return rejectedByKind.values().stream().mapToLong(Long::longValue).sum();
    }
  }
}
