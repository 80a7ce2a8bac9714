package dev.framelabel.tools.camera;

import dev.framelabel.event.Bytes;
import dev.framelabel.event.Frame;
import dev.framelabel.event.Image;
import dev.framelabel.event.SourcePosition;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Path of one camera's pictures to the sender: shaped, checked, numbered, timed and put into its
 * queue. One attempt at a time uses it; the sender and the heartbeats read its parts.
 */
final class CameraStream implements AutoCloseable {
  private static final SourcePosition NOT_YET_SENT = new SourcePosition("", 0, 0);
  private static final Duration LATEST = Duration.ofSeconds(10);

  private final CameraSettings settings;
  private final CameraHealth health;
  private final SendQueue queue;
  private final Runnable wakeSender;
  private final CameraTime time;
  private final PictureShaper shaper;
  private final PictureCheck check = new PictureCheck();
  private final String run = UUID.randomUUID().toString();
  private final AtomicLong number = new AtomicLong();
  private boolean closed;

  /**
   * Starts with an empty queue.
   *
   * @param maxImageBytes the largest picture that the topic takes
   * @param queueBytes how much of this camera may wait for the broker
   */
  CameraStream(
      CameraSettings settings,
      int maxImageBytes,
      long queueBytes,
      Runnable wakeSender,
      CameraTime time) {
    this.settings = settings;
    this.wakeSender = wakeSender;
    this.time = time;
    health = new CameraHealth(settings, time);
    queue = new SendQueue(settings.maxFps(), settings.isStored(), queueBytes);
    shaper = new PictureShaper(settings.picture(), maxImageBytes);
  }

  CameraSettings settings() {
    return settings;
  }

  CameraHealth health() {
    return health;
  }

  SendQueue queue() {
    return queue;
  }

  CameraTime time() {
    return time;
  }

  /** Returns whether a picture that comes now would not be dropped at once. */
  boolean wants() {
    return queue.wants(time.nanoTime());
  }

  /** Returns a frame of this picture; empty if it cannot be published, which is counted. */
  synchronized Optional<Frame> frame(CapturedPicture picture) {
    if (closed) {
      // An abandoned attempt that returned late.
      return Optional.empty();
    }
    Instant arrival = time.now();
    PictureCheck.Look look =
        settings.isStored() ? PictureCheck.Look.FINE : check.look(picture.file(), time.nanoTime());
    Instant capturedAt = capturedAt(picture.takenAt(), arrival);
    health.came(capturedAt, look);
    try {
      return Optional.of(
          new Frame(
              settings.id(),
              run + "-" + number.incrementAndGet(),
              capturedAt,
              new Image(Image.Format.ENCODED, Bytes.wrap(shaper.shape(picture)), 0, 0),
              settings.attributes(),
              NOT_YET_SENT));
    } catch (IOException e) {
      health.refused(e.getMessage());
      return Optional.empty();
    }
  }

  /** Returns the source's time where it can be true: never later than now, nor long before. */
  private Instant capturedAt(Optional<Instant> takenAt, Instant arrival) {
    boolean old = settings.kind() == CameraAddress.Kind.FOLDER;
    return takenAt
        .filter(CameraTime::canBe)
        .map(at -> at.truncatedTo(ChronoUnit.MICROS))
        .filter(at -> !at.isAfter(arrival))
        .filter(at -> old || !at.isBefore(arrival.minus(LATEST)))
        .orElse(arrival);
  }

  void offer(Frame frame) {
    health.dropped(queue.offer(frame));
    wakeSender.run();
  }

  boolean offerIfRoom(Frame frame) {
    boolean added = queue.offerIfRoom(frame);
    if (added) {
      wakeSender.run();
    }
    return added;
  }

  @Override
  public synchronized void close() {
    closed = true;
    shaper.close();
    check.close();
  }
}
