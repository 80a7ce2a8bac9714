package dev.framelabel.tools.demo;

import dev.framelabel.event.Frame;
import dev.framelabel.event.Image;
import dev.framelabel.event.SourcePosition;
import dev.framelabel.tools.clients.FramePublisher;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Cameras that show the demo's pictures in turn at a steady rate. {@link #run} does the work on the
 * caller's thread; the other methods may be called from any.
 */
public final class SimulatedCameras {
  private static final SourcePosition NOT_YET_SENT = new SourcePosition("", 0, 0);

  private final FramePublisher publisher;
  private final DemoFrames frames;
  private final int cameras;
  private final double framesPerSecond;
  private final ConcurrentMap<String, String> truth = new ConcurrentHashMap<>();
  private final AtomicLong sent = new AtomicLong();
  private volatile boolean stopped;
  private volatile Throwable failure;

  /**
   * @param framesPerSecond of all cameras together; 0 = as fast as they go
   */
  public SimulatedCameras(
      FramePublisher publisher, DemoFrames frames, int cameras, double framesPerSecond) {
    this.publisher = publisher;
    this.frames = frames;
    this.cameras = cameras;
    this.framesPerSecond = framesPerSecond;
  }

  /**
   * Publishes until so many frames are sent, so much time is over, or {@link #stop} is called; then
   * waits until the broker has all of them.
   */
  public void run(long maxFrames, long maxNanos) {
    long begun = System.nanoTime();
    CompletableFuture<?> all = CompletableFuture.completedFuture(null);
    for (long index = 0; index < maxFrames && !stopped; index++) {
      if (framesPerSecond > 0) {
        sleepUntil(begun + (long) (index * 1e9 / framesPerSecond));
      }
      if (System.nanoTime() - begun >= maxNanos || stopped) {
        break;
      }
      all = CompletableFuture.allOf(all, publish(index));
      if (index % 100 == 99) {
        all.join();
      }
    }
    all.join();
    if (failure != null) {
      throw new IllegalStateException("the broker did not take a frame: " + failure, failure);
    }
  }

  private CompletableFuture<Void> publish(long index) {
    Frame frame =
        new Frame(
            "camera-" + (index % cameras + 1),
            "demo-" + index,
            Instant.now().truncatedTo(ChronoUnit.MICROS),
            Image.encoded(frames.jpeg(index)),
            Map.of("picture", Long.toString(index % frames.size())),
            NOT_YET_SENT);
    truth.put(frame.frameId(), frames.label(index));
    return publisher
        .publish(frame)
        .whenComplete(
            (done, error) -> {
              if (error == null) {
                sent.incrementAndGet();
              } else {
                failure = error;
                stopped = true;
              }
            });
  }

  private void sleepUntil(long nanoTime) {
    long left = nanoTime - System.nanoTime();
    while (left > 0 && !stopped) {
      LockSupport.parkNanos(Math.min(left, 100_000_000));
      left = nanoTime - System.nanoTime();
    }
  }

  public void stop() {
    stopped = true;
  }

  /** Frames that the broker has acknowledged. */
  public long sent() {
    return sent.get();
  }

  /** The true label of each published frame, by frame id. */
  public Map<String, String> truth() {
    return truth;
  }
}
