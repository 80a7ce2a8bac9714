package dev.framelabel.tools.camera;

import dev.framelabel.event.Frame;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * One opening of a camera, on a thread of its own, which can be abandoned: native calls cannot be
 * ended from outside. An abandoned attempt publishes nothing more, and cleans up if it ever
 * returns.
 */
final class Connection implements PictureSource.Sink {
  private static final long STEP_MILLIS = 100;

  private final CameraStream stream;
  private final BooleanSupplier stop;
  private final Thread thread;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private volatile boolean abandoned;
  private volatile long aliveAt;
  private volatile boolean hadPicture;

  Connection(CameraStream stream, PictureSource source, BooleanSupplier stop) {
    this.stream = stream;
    this.stop = stop;
    alive();
    thread =
        new Thread(() -> read(source), "framelabel-camera-" + stream.settings().id() + "-source");
    thread.setDaemon(true);
    thread.start();
  }

  private void read(PictureSource source) {
    try {
      source.read(this);
      ended.complete(null);
    } catch (Throwable e) {
      // Whatever it is, this camera is lost by it, and says so.
      ended.completeExceptionally(e);
    }
  }

  /**
   * Waits for the source's end.
   *
   * @param patienceNanos how long it may show no sign of life
   * @throws IOException if the source is lost, or is abandoned
   */
  void await(long patienceNanos) throws IOException, InterruptedException {
    while (true) {
      try {
        ended.get(STEP_MILLIS, TimeUnit.MILLISECONDS);
        return;
      } catch (ExecutionException e) {
        Throwable why = e.getCause();
        throw new IOException(why.getMessage() == null ? why.toString() : why.getMessage(), why);
      } catch (TimeoutException e) {
        if (stream.time().nanoTime() - aliveAt > patienceNanos) {
          abandon();
          throw new IOException(
              "nothing came for " + TimeUnit.NANOSECONDS.toMillis(patienceNanos) + " ms", e);
        }
      }
    }
  }

  void abandon() {
    abandoned = true;
    thread.interrupt();
  }

  boolean isRunning() {
    return thread.isAlive();
  }

  boolean hadPicture() {
    return hadPicture;
  }

  @Override
  public void take(CapturedPicture picture) throws InterruptedException {
    aliveAt = stream.time().nanoTime();
    hadPicture = true;
    if (stops()) {
      return;
    }
    Optional<Frame> frame = stream.frame(picture);
    if (frame.isPresent() && abandoned) {
      stream.health().dropped(1);
    } else if (frame.isPresent()) {
      offer(frame.get());
    }
    aliveAt = stream.time().nanoTime();
  }

  private void offer(Frame frame) throws InterruptedException {
    if (!stream.settings().isStored()) {
      stream.offer(frame);
      return;
    }
    boolean taken = stream.offerIfRoom(frame);
    try {
      while (!taken && !stops()) {
        aliveAt = stream.time().nanoTime();
        TimeUnit.MILLISECONDS.sleep(2);
        taken = stream.offerIfRoom(frame);
      }
    } finally {
      stream.health().dropped(taken ? 0 : 1);
    }
  }

  @Override
  public boolean wants() {
    return stream.wants();
  }

  @Override
  public void skip() {
    aliveAt = stream.time().nanoTime();
    hadPicture = true;
    if (!abandoned) {
      stream.health().skipped();
    }
  }

  @Override
  public void refuse(String why) {
    aliveAt = stream.time().nanoTime();
    if (!abandoned) {
      stream.health().skipped();
      stream.health().says(why);
    }
  }

  @Override
  public void alive() {
    aliveAt = stream.time().nanoTime();
  }

  @Override
  public void clock(Instant cameraTime) {
    if (!abandoned) {
      stream.health().clock(cameraTime);
    }
  }

  @Override
  public boolean stops() {
    return abandoned || stop.getAsBoolean();
  }
}
