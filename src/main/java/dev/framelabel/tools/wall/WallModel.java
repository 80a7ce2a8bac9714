package dev.framelabel.tools.wall;

import dev.framelabel.event.CameraStatus;
import dev.framelabel.event.Frame;
import dev.framelabel.event.Image;
import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.RejectionKind;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Model of all that the wall shows, in bounded memory: so many cameras, results, samples and bytes
 * of pictures, and no more. Thread-safe.
 */
final class WallModel implements LiveListener {
  static final int MAX_CAMERAS = 1_000;

  /** Results of all cameras; {@link CameraBoard#HISTORY} of each as long as there are few. */
  static final int MAX_RESULTS = 20_000;

  static final long PICTURE_BYTES = 96L << 20;

  /** Longer names than this are not shown: shortened they could be taken for one another. */
  static final int MAX_NAME = 256;

  private static final int MAX_STATUS_TEXT = 8_000;

  private final Clock clock;
  private final PictureCache pictures = new PictureCache(PICTURE_BYTES);
  private final Map<String, CameraBoard> cameras = new HashMap<>();
  private final List<CameraBoard> inOrder = new ArrayList<>();
  private final RecentIds unseen = new RecentIds(4_000);
  private final Rejections rejections = new Rejections();
  private final SettledOffsets settled = new SettledOffsets();
  private final RateMeter labelled = new RateMeter();
  private final RateMeter batches = new RateMeter();
  private final RateMeter frames = new RateMeter();
  private final Percentiles latency = new Percentiles();
  private String newestModel = "";
  private volatile Broker broker = new Broker(false, "");
  private long unreadable;
  private long skipped;
  private long unseenCameras;

  WallModel(Clock clock) {
    this.clock = clock;
  }

  @Override
  public void frame(Frame frame, Instant arrivedAt) {
    if (isShown(frame.cameraId(), frame.frameId(), arrivedAt)) {
      pictures.put(frame.frameId(), frame.image());
      synchronized (this) {
        board(frame.cameraId()).ifPresent(board -> board.frame(frame, arrivedAt));
      }
    }
  }

  private synchronized boolean isShown(String cameraId, String frameId, Instant arrivedAt) {
    if (!isFit(cameraId) || !isFit(frameId)) {
      unreadable++;
      return false;
    }
    frames.add(arrivedAt.toEpochMilli(), 1);
    return board(cameraId).isPresent();
  }

  private static boolean isFit(String name) {
    return !name.isEmpty() && name.length() <= MAX_NAME;
  }

  @Override
  public synchronized void outcome(Outcome outcome, FeedRecord arrival) {
    if (!arrival.committed() && settled.contains(arrival.position())) {
      // Told as committed before, or aborted.
      return;
    }
    ObservedResult observed = ObservedResult.of(outcome, arrival);
    if (outcome.cameraId().isEmpty() && outcome instanceof RejectedFrame) {
      rejections.addNameless(observed);
    } else if (!isFit(outcome.cameraId()) || observed.key().length() > MAX_NAME) {
      unreadable++;
    } else {
      take(outcome, observed);
    }
  }

  private void take(Outcome outcome, ObservedResult observed) {
    boolean hasPicture = pictures.contains(outcome.frameId());
    Optional<CameraBoard> board = board(outcome.cameraId());
    if (board.isEmpty()) {
      return;
    }
    if (!board.get().outcome(observed, hasPicture)) {
      rejections.update(observed);
    } else if (outcome instanceof LabelledFrame frame) {
      labelled.add(observed.arrivedAt().toEpochMilli(), 1);
      batches.add(observed.arrivedAt().toEpochMilli(), frame.timings().batchSize());
      observed.latencyMillis().ifPresent(latency::add);
      newestModel = ObservedResult.shortened(frame.model().name() + " " + frame.model().version());
    } else {
      rejections.add(observed);
    }
  }

  @Override
  public synchronized void settled(String topic, int partition, long from, long to) {
    SettledOffsets.Range range = new SettledOffsets.Range(topic, partition, from, to);
    settled.add(range);
    inOrder.forEach(board -> board.settle(range));
    rejections.settle(range);
  }

  private Optional<CameraBoard> board(String cameraId) {
    CameraBoard board = cameras.get(cameraId);
    if (board == null) {
      if (cameras.size() >= MAX_CAMERAS) {
        unseenCameras += unseen.add(cameraId) ? 1 : 0;
        return Optional.empty();
      }
      board = new CameraBoard(cameraId);
      cameras.put(cameraId, board);
      inOrder.add(board);
      inOrder.sort(Comparator.comparing(CameraBoard::cameraId, new NaturalOrder()));
      int each = Math.min(CameraBoard.HISTORY, MAX_RESULTS / cameras.size());
      inOrder.forEach(one -> one.keep(each));
    }
    return Optional.of(board);
  }

  @Override
  public synchronized void status(CameraStatus status) {
    if (isFit(status.cameraId())
        && status.lastError().length() + status.source().length() <= MAX_STATUS_TEXT) {
      board(status.cameraId()).ifPresent(board -> board.status(status));
    } else {
      unreadable++;
    }
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
  public void broker(boolean reachable, String fault) {
    broker = new Broker(reachable, fault);
  }

  /** Returns why no broker answers; empty where one does. Waits for no lock. */
  String brokerFault() {
    Broker newest = broker;
    String fault = newest.fault().isEmpty() ? "no broker has answered yet" : newest.fault();
    return newest.reachable() ? "" : fault;
  }

  /** Finding of the brokers' watch. */
  private record Broker(boolean reachable, String fault) {}

  Optional<Image> picture(String frameId) {
    return pictures.get(frameId);
  }

  /** Looks at all cameras, in the order of the page, while nothing changes. */
  synchronized <T> List<T> cameras(Function<CameraBoard, T> view) {
    List<T> views = new ArrayList<>(cameras.size());
    inOrder.forEach(board -> views.add(view.apply(board)));
    return views;
  }

  /** Returns the last results of a camera, newest first; empty where there is no such camera. */
  synchronized Optional<List<ObservedResult>> history(String cameraId) {
    return Optional.ofNullable(cameras.get(cameraId)).map(CameraBoard::history);
  }

  long pictureBytesKept() {
    return pictures.bytes();
  }

  Instant now() {
    return clock.instant();
  }

  /** Returns the figures of the panel. */
  synchronized Summary summary() {
    long now = clock.millis();
    Broker newest = broker;
    double perSecond = labelled.perSecond(now);
    double[] at = latency.at(0.5, 0.95, 0.99);
    return new Summary(
        newest.reachable(),
        newest.fault(),
        cameras.size(),
        frames.perSecond(now),
        perSecond,
        perSecond == 0 ? 0 : batches.perSecond(now) / perSecond,
        at[0],
        at[1],
        at[2],
        frames.total(),
        labelled.total(),
        rejections.byKind(),
        rejections.samples(),
        newestModel,
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
      List<ObservedResult> rejectedSamples,
      String model,
      long unreadable,
      long skipped,
      long unseenCameras) {}
}
