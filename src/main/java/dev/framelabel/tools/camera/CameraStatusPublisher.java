package dev.framelabel.tools.camera;

import dev.framelabel.event.CameraStatus;
import dev.framelabel.kafka.admin.Topics;
import dev.framelabel.tools.clients.FramePublisher;
import dev.framelabel.wire.CameraStatuses;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publisher of the cameras' statuses to their topic, which it creates (compacted) where it is
 * missing. Runs on a thread of its own: a broker that is away holds up nobody, and the statuses of
 * that time are left out.
 */
final class CameraStatusPublisher implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CameraStatusPublisher.class);
  private static final int MAX_RECORD_BYTES = 1 << 16;
  private static final long CLOSING_MILLIS = 5_000;
  private static final long NEXT_TRY_NANOS = 10_000_000_000L;

  private final Map<String, String> client;
  private final String topic;
  private final BlockingQueue<List<CameraStatus>> newest = new ArrayBlockingQueue<>(1);
  private final CameraStatuses codec = new CameraStatuses();
  private final WatchedThread thread = new WatchedThread("framelabel-camera-heartbeats", this::run);
  private volatile boolean closed;
  private volatile boolean ready;
  private boolean tried;
  private long triedAt;

  CameraStatusPublisher(Map<String, String> client, String topic) {
    this.client = new HashMap<>(client);
    this.client.put("max.block.ms", "2000");
    this.client.put("request.timeout.ms", "2000");
    this.client.put("delivery.timeout.ms", "5000");
    this.client.put("default.api.timeout.ms", "5000");
    this.topic = topic;
    thread.start();
  }

  /** Takes the statuses over, in place of those that still wait. Never blocks. */
  synchronized void report(List<CameraStatus> statuses) {
    newest.clear();
    newest.add(statuses);
  }

  private void run() throws InterruptedException {
    try (FramePublisher publisher = new FramePublisher(client, topic, MAX_RECORD_BYTES)) {
      while (!closed || !newest.isEmpty()) {
        List<CameraStatus> statuses = newest.poll(100, TimeUnit.MILLISECONDS);
        if (statuses != null && isReady()) {
          send(publisher, statuses);
        }
      }
    }
  }

  /** Returns why the thread that writes states has died; empty while it lives. */
  Optional<String> death() {
    return thread.death();
  }

  private void send(FramePublisher publisher, List<CameraStatus> statuses) {
    for (CameraStatus status : statuses) {
      CompletableFuture<Void> ignored =
          publisher
              .publish(status.cameraId(), codec.write(status))
              .whenComplete((nothing, failure) -> ready = failure == null);
    }
  }

  /** Returns whether the topic is there, as far as known; creates it where it is not. */
  private boolean isReady() {
    if (!ready && (!tried || System.nanoTime() - triedAt > NEXT_TRY_NANOS)) {
      tried = true;
      triedAt = System.nanoTime();
      try {
        if (Topics.createCompacted(client, topic)) {
          LOG.info("Created compacted topic {}", topic);
        }
        ready = true;
      } catch (RuntimeException e) {
        LOG.warn(
            "No camera states are published: topic={} is not there and cannot be created. Frames"
                + " are published. The next try is in {} s. See docs/guides/cameras.md, section"
                + " 'Camera states'. Kafka says: {}",
            topic,
            TimeUnit.NANOSECONDS.toSeconds(NEXT_TRY_NANOS),
            e.getMessage());
      }
    }
    return ready;
  }

  /** Writes the last statuses, then ends; waits some seconds at most. */
  @Override
  public void close() {
    closed = true;
    try {
      thread.join(CLOSING_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    thread.interrupt();
  }
}
