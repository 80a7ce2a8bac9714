package dev.framelabel.bench;

import dev.framelabel.event.Frame;
import dev.framelabel.event.Image;
import dev.framelabel.event.SourcePosition;
import dev.framelabel.testing.cluster.ProcessCluster;
import dev.framelabel.tools.clients.FramePublisher;
import dev.framelabel.tools.clients.OutcomeReader;
import dev.framelabel.tools.demo.DemoFrames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.IsolationLevel;

/**
 * Keeps a job at its full rate: publishes frames on a thread of its own, so many ahead of the
 * results that are read, and no more. Results are read by the thread that calls {@link #run}.
 */
final class FullRateLoad implements AutoCloseable {
  private static final SourcePosition NOT_YET_SENT = new SourcePosition("", 0, 0);
  private static final int MAX_RECORD_BYTES = 1 << 20;

  private final DemoFrames pictures = new DemoFrames();
  private final FramePublisher publisher;
  private final OutcomeReader reader;
  private final Semaphore room;
  private volatile boolean stopped;
  private volatile Throwable failure;
  private double perSecond;

  /**
   * @param client properties of the Kafka client
   * @param backlog frames that are published and not yet seen labelled
   */
  FullRateLoad(Map<String, String> client, int backlog) {
    this.publisher = new FramePublisher(client, ProcessCluster.FRAMES, MAX_RECORD_BYTES);
    this.reader =
        new OutcomeReader(
            client,
            ProcessCluster.LABELS,
            ProcessCluster.REJECTED,
            IsolationLevel.READ_UNCOMMITTED);
    this.room = new Semaphore(backlog);
  }

  void start() {
    Thread thread = new Thread(this::publish, "bench-load");
    thread.setDaemon(true);
    thread.start();
  }

  private void publish() {
    try {
      for (long index = 0; !stopped; index++) {
        if (!room.tryAcquire(1, TimeUnit.SECONDS)) {
          index--;
          continue;
        }
        CompletableFuture<Void> ignored =
            publisher
                .publish(frame(index))
                .whenComplete((sent, error) -> failure = error == null ? failure : error);
      }
    } catch (InterruptedException | RuntimeException e) {
      failure = e;
    }
  }

  private Frame frame(long index) {
    return new Frame(
        "camera-" + index % 16,
        "frame-" + index,
        Instant.now().truncatedTo(ChronoUnit.MICROS),
        Image.encoded(pictures.jpeg(index)),
        Map.of(),
        NOT_YET_SENT);
  }

  /** Reads results for so long, and returns how many came a second. */
  double run(Duration duration) {
    long begun = System.nanoTime();
    long seen = 0;
    while (System.nanoTime() - begun < duration.toNanos()) {
      int found = poll();
      seen += found;
      room.release(found);
      if (failure != null) {
        throw new IllegalStateException("a frame was not published: " + failure, failure);
      }
    }
    perSecond = seen * 1e9 / (System.nanoTime() - begun);
    return perSecond;
  }

  private int poll() {
    try {
      return reader.poll(Duration.ofMillis(100)).size();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As the last {@link #run} returned it. */
  double perSecond() {
    return perSecond;
  }

  @Override
  public void close() {
    stopped = true;
    reader.close();
    publisher.close(Duration.ofSeconds(5));
  }
}
