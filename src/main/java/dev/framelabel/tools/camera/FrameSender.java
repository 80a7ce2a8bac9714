package dev.framelabel.tools.camera;

import dev.framelabel.event.Frame;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Gives the frames of all outboxes to the broker, in turn, on one thread: when the Kafka client
 * blocks, this thread waits and no camera does.
 */
final class FrameSender implements AutoCloseable {
  private static final long LONGEST_WAIT_NANOS = 100_000_000;
  private static final long CLOSING_MILLIS = 2_000;

  private final Function<Frame, CompletableFuture<Void>> publisher;
  private final CameraTime time;
  private final Semaphore work = new Semaphore(0);
  private final WatchedThread thread = new WatchedThread("framelabel-camera-sender", this::run);
  private volatile List<CameraStream> lanes = List.of();
  private volatile boolean closed;

  /**
   * @param publisher may block; the future tells when the broker has the frame
   */
  FrameSender(Function<Frame, CompletableFuture<Void>> publisher, CameraTime time) {
    this.publisher = publisher;
    this.time = time;
  }

  void start(List<CameraStream> lanes) {
    this.lanes = List.copyOf(lanes);
    thread.start();
  }

  /** There may be something to send. */
  void wake() {
    work.release();
  }

  private void run() throws InterruptedException {
    while (!closed) {
      boolean any = false;
      for (CameraStream lane : lanes) {
        Optional<Frame> frame = lane.outbox().poll(time.nanoTime());
        frame.ifPresent(due -> send(lane, due));
        any |= frame.isPresent();
      }
      if (!any && work.tryAcquire(waitNanos(), TimeUnit.NANOSECONDS)) {
        int ignored = work.drainPermits();
      }
    }
  }

  /** Says what the only thread that sends has died of; empty while it lives. */
  Optional<String> death() {
    return thread.death();
  }

  private long waitNanos() {
    long now = time.nanoTime();
    return lanes.stream()
        .mapToLong(lane -> lane.outbox().waitNanos(now))
        .reduce(LONGEST_WAIT_NANOS, Math::min);
  }

  private void send(CameraStream lane, Frame frame) {
    CompletableFuture<Void> sent;
    try {
      sent = publisher.apply(frame);
    } catch (RuntimeException e) {
      sent = CompletableFuture.failedFuture(e);
    } catch (Error e) {
      // It ends this thread, which its owner sees; the frame is counted all the same.
      lane.health().refused("a frame was not sent: " + e);
      lane.outbox().done();
      throw e;
    }
    CompletableFuture<Void> ignored =
        sent.whenComplete(
            (nothing, failure) -> {
              if (failure == null) {
                lane.health().sent();
              } else {
                lane.health().refused("the broker did not take a frame: " + failure.getMessage());
              }
              lane.outbox().done();
              wake();
            });
  }

  /** Ends the thread, and waits a little until it has counted the frame that it held. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(CLOSING_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
