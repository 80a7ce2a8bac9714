package dev.framelabel.camera;

import dev.framelabel.event.CameraStatus;
import dev.framelabel.event.Frame;
import dev.framelabel.event.Image;
import dev.framelabel.event.SourcePosition;
import dev.framelabel.kafka.FramePublisher;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Publishes one camera's frames on a thread of its own, and opens the camera again when lost. */
final class CameraWorker {
  private static final SourcePosition NOT_YET_SENT = new SourcePosition("", 0, 0);
  private static final long LONGEST_PAUSE_MILLIS = 30_000;
  private static final int MAX_UNDER_WAY = 16;

  private final CameraSettings settings;
  private final FramePublisher publisher;
  private final boolean once;
  private final String run = UUID.randomUUID().toString();
  private final AtomicLong in = new AtomicLong();
  private final AtomicLong out = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private final AtomicInteger underWay = new AtomicInteger();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Thread thread;
  private volatile CameraStatus.State state = CameraStatus.State.CONNECTING;
  private volatile Instant lastFrameAt;
  private volatile String lastError = "";
  private final AtomicLong reconnects = new AtomicLong();
  private long nextNanos;
  private long pauseMillis;
  private long statusIn;
  private long statusOut;

  CameraWorker(CameraSettings settings, FramePublisher publisher, boolean once) {
    this.settings = settings;
    this.publisher = publisher;
    this.once = once;
    this.thread = new Thread(this::work, "framelabel-camera-" + settings.id());
    thread.setDaemon(true);
    thread.start();
  }

  private void work() {
    try {
      do {
        attempt();
      } while (!stops() && state != CameraStatus.State.ENDED && !once && pause());
    } catch (InterruptedException e) {
      state = CameraStatus.State.LOST;
    }
  }

  private void attempt() throws InterruptedException {
    try {
      do {
        source().read(this::take, this::stops);
      } while (settings.loop() && !stops());
      state = CameraStatus.State.ENDED;
    } catch (IOException | RuntimeException e) {
      state = CameraStatus.State.LOST;
      lastError = CameraAddress.mask(String.valueOf(e.getMessage()));
    }
  }

  /** Waits before the next attempt: half a second first, then twice as long each time. */
  private boolean pause() throws InterruptedException {
    pauseMillis = Math.min(LONGEST_PAUSE_MILLIS, Math.max(500, pauseMillis * 2));
    reconnects.incrementAndGet();
    return !stopped.await(pauseMillis, TimeUnit.MILLISECONDS);
  }

  private PictureSource source() {
    CameraAddress.Kind kind = CameraAddress.kind(settings.address());
    if (kind == CameraAddress.Kind.FOLDER) {
      return new FolderSource(Path.of(settings.address()));
    }
    if (kind != CameraAddress.Kind.FILE) {
      CameraAddress.refuseLinkLocal(settings.address());
    }
    return new VideoSource(settings.address(), kind);
  }

  private void take(byte[] image) throws InterruptedException {
    in.incrementAndGet();
    pauseMillis = 0;
    state = CameraStatus.State.LIVE;
    CameraAddress.Kind kind = CameraAddress.kind(settings.address());
    boolean stored = kind == CameraAddress.Kind.FILE || kind == CameraAddress.Kind.FOLDER;
    if (!admit(stored)) {
      dropped.incrementAndGet();
      return;
    }
    Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
    lastFrameAt = now;
    Frame frame =
        new Frame(
            settings.id(),
            run + "-" + in.get(),
            now,
            Image.encoded(image),
            settings.attributes(),
            NOT_YET_SENT);
    underWay.incrementAndGet();
    CompletableFuture<Void> sent = publisher.publish(frame);
    CompletableFuture<Void> ignored = sent.whenComplete(this::sent);
  }

  private void sent(Void nothing, Throwable failure) {
    underWay.decrementAndGet();
    if (failure == null) {
      out.incrementAndGet();
    } else {
      dropped.incrementAndGet();
      lastError = "the broker did not take a frame: " + failure.getMessage();
    }
  }

  /** A stored picture waits for its turn; a live one that comes too early is dropped. */
  private boolean admit(boolean stored) throws InterruptedException {
    long now = System.nanoTime();
    if (stored) {
      while (underWay.get() >= MAX_UNDER_WAY || (settings.maxFps() > 0 && nextNanos > now)) {
        if (stopped.await(2, TimeUnit.MILLISECONDS)) {
          return false;
        }
        now = System.nanoTime();
      }
    } else if (underWay.get() >= MAX_UNDER_WAY || (settings.maxFps() > 0 && nextNanos > now)) {
      return false;
    }
    nextNanos = now + (settings.maxFps() > 0 ? (long) (1e9 / settings.maxFps()) : 0);
    return true;
  }

  private boolean stops() {
    return stopped.getCount() == 0;
  }

  boolean isRunning() {
    return thread.isAlive() || underWay.get() > 0;
  }

  void stop() {
    stopped.countDown();
  }

  /** The heartbeat of the second that is over; called once a second by one thread. */
  CameraStatus status() {
    long nowIn = in.get();
    long nowOut = out.get();
    CameraStatus status =
        new CameraStatus(
            settings.id(),
            state,
            Instant.now().truncatedTo(ChronoUnit.MICROS),
            Optional.ofNullable(lastFrameAt),
            nowIn,
            nowOut,
            dropped.get(),
            nowIn - statusIn,
            nowOut - statusOut,
            OptionalLong.empty(),
            reconnects.get(),
            lastError,
            CameraAddress.mask(settings.address()));
    statusIn = nowIn;
    statusOut = nowOut;
    return status;
  }
}
