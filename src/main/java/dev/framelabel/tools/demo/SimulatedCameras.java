package dev.framelabel.tools.demo;

import dev.framelabel.event.Frame;
import dev.framelabel.event.Image;
import dev.framelabel.event.SourcePosition;
import dev.framelabel.tools.clients.FramePublisher;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/** Cameras that show the demo's pictures in turn at a steady rate. */
public final class SimulatedCameras implements DemoSource {
  private static final SourcePosition NOT_YET_SENT = new SourcePosition("", 0, 0);
  private static final String ID = "demo-";

  private final DemoFrames frames = new DemoFrames();
  private final int cameras;
  private final double framesPerSecond;
  private final long maxFrames;
  private volatile boolean stopped;

  /**
   * Prepares cameras that take turns, one frame each.
   *
   * @param framesPerSecond of all cameras together; 0: as fast as the broker takes them
   * @param maxFrames to publish; {@link Long#MAX_VALUE}: no limit
   */
  public SimulatedCameras(int cameras, double framesPerSecond, long maxFrames) {
    if (maxFrames < 1 || cameras < 1 || framesPerSecond < 0) {
      throw new IllegalArgumentException(
          "found %d cameras, %s frames/s, %d frames; expected 1 or more, 0 or more, 1 or more"
              .formatted(cameras, framesPerSecond, maxFrames));
    }
    this.cameras = cameras;
    this.framesPerSecond = framesPerSecond;
    this.maxFrames = maxFrames;
  }

  @Override
  public void run(Map<String, String> client) {
    try (FramePublisher publisher = new FramePublisher(client, "frames", Demo.MAX_RECORD_BYTES)) {
      long begun = System.nanoTime();
      CompletableFuture<?> all = CompletableFuture.completedFuture(null);
      for (long index = 0; index < maxFrames && !stopped; index++) {
        all = CompletableFuture.allOf(all, publisher.publish(frame(index)));
        if (index % 100 == 99) {
          all.join();
        }
        if (framesPerSecond > 0) {
          sleepUntil(begun + (long) ((index + 1) * 1e9 / framesPerSecond));
        }
      }
      all.join();
    }
  }

  private Frame frame(long index) {
    return new Frame(
        "camera-" + (index % cameras + 1),
        ID + index,
        Instant.now().truncatedTo(ChronoUnit.MICROS),
        Image.encoded(frames.jpeg(index)),
        Map.of("picture", Long.toString(index % frames.size())),
        NOT_YET_SENT);
  }

  private void sleepUntil(long nanoTime) {
    long left = nanoTime - System.nanoTime();
    while (left > 0 && !stopped) {
      LockSupport.parkNanos(Math.min(left, 100_000_000));
      left = nanoTime - System.nanoTime();
    }
  }

  @Override
  public void stop() {
    stopped = true;
  }

  @Override
  public Optional<String> truth(String frameId) {
    return Optional.of(frames.label(Long.parseLong(frameId.substring(ID.length()))));
  }

  @Override
  public String toString() {
    return cameras + " simulated cameras publish frames of 640 x 480 pixels.";
  }
}
