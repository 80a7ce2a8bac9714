package dev.framelabel.tools.camera;

import dev.framelabel.event.Frame;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Sender of the frames of all queues to the broker, in turn, on one thread: when the Kafka client
 * blocks, this thread waits and no camera does.
 */
final class FrameSender implements AutoCloseable {
  private static final long LONGEST_WAIT_NANOS = 100_000_000;
  private static final long CLOSING_MILLIS = 2_000;

  private final Function<Frame, CompletableFuture<Void>> publisher;
  private final CameraTime time;
  private final Semaphore work = new Semaphore(0);
  private final WatchedThread thread = new WatchedThread("framelabel-camera-sender", this::run);
  private volatile List<CameraStream> streams = List.of();
  private volatile boolean closed;

  /**
   * Prepares a sender; {@link #start} gives it the queues and starts its thread.
   *
   * @param publisher may block; the future tells when the broker has the frame
   */
  FrameSender(Function<Frame, CompletableFuture<Void>> publisher, CameraTime time) {
    this.publisher = publisher;
    this.time = time;
  }

  void start(List<CameraStream> streams) {
    this.streams = List.copyOf(streams);
    thread.start();
  }

  /** Wakes the thread: there may be something to send. */
  void wake() {
    work.release();
  }

  private void run() throws InterruptedException {
    while (!closed) {
      boolean any = false;
      for (CameraStream stream : streams) {
        Optional<Frame> frame = stream.queue().poll(time.nanoTime());
        frame.ifPresent(due -> send(stream, due));
        any |= frame.isPresent();
      }
      if (!any && work.tryAcquire(waitNanos(), TimeUnit.NANOSECONDS)) {
        int ignored = work.drainPermits();
      }
    }
  }

  /** Returns why the only thread that sends has died; empty while it lives. */
  Optional<String> death() {
    return thread.death();
  }

  private long waitNanos() {
    long now = time.nanoTime();
    return streams.stream()
        .mapToLong(stream -> stream.queue().waitNanos(now))
        .reduce(LONGEST_WAIT_NANOS, Math::min);
  }

  private void send(CameraStream stream, Frame frame) {
    CompletableFuture<Void> sent;
    try {
      sent = publisher.apply(frame);
    } catch (RuntimeException e) {
      sent = CompletableFuture.failedFuture(e);
    } catch (Error e) {
      // It ends this thread, which its owner sees; the frame is counted all the same.
      stream.health().refused("a frame was not sent: " + e);
      stream.queue().done();
      throw e;
    }
    CompletableFuture<Void> ignored =
        sent.whenComplete(
            (nothing, failure) -> {
              if (failure == null) {
                stream.health().sent();
              } else {
                stream.health().refused("the broker did not take a frame: " + failure.getMessage());
              }
              stream.queue().done();
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
