package dev.framelabel.testing.chaos;

import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.Outcome;
import dev.framelabel.testing.cluster.Await;
import dev.framelabel.testing.cluster.ProcessCluster;
import dev.framelabel.tools.clients.OutcomeReader;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.IsolationLevel;

/**
 * A reader of committed outcomes that runs during the faults, on its own thread, and knows how
 * fresh every camera's labels are.
 */
public final class Watch implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(100);

  private final Map<String, String> client;
  private final Judge judge = new Judge();
  private final Map<String, Instant> newest = new ConcurrentHashMap<>();
  private final CompletableFuture<Void> run = new CompletableFuture<>();
  private volatile boolean stopped;
  private volatile Throwable failure;
  private volatile long lastNanos = System.nanoTime();
  private volatile long longestGapNanos;

  /**
   * Begins to read.
   *
   * @param client properties of the Kafka client; the broker must be up
   */
  public Watch(Map<String, String> client) {
    this.client = client;
    OutcomeReader reader = open();
    Thread thread = new Thread(() -> watch(reader), "framelabel-watch");
    thread.setDaemon(true);
    thread.start();
  }

  private OutcomeReader open() {
    return new OutcomeReader(
        client, ProcessCluster.LABELS, ProcessCluster.REJECTED, IsolationLevel.READ_COMMITTED);
  }

  private void watch(OutcomeReader reader) {
    try (reader) {
      while (!stopped) {
        reader.poll(POLL).forEach(this::see);
      }
      run.complete(null);
    } catch (IOException | RuntimeException e) {
      failure = e;
      run.complete(null);
    }
  }

  private void see(Outcome outcome) {
    judge.add(outcome);
    long now = System.nanoTime();
    longestGapNanos = Math.max(longestGapNanos, now - lastNanos);
    lastNanos = now;
    if (outcome instanceof LabelledFrame frame) {
      newest.put(frame.cameraId(), frame.capturedAt());
    }
  }

  /** Forgets the longest gap so far. */
  public void resetGap() {
    lastNanos = System.nanoTime();
    longestGapNanos = 0;
  }

  /** The longest time without any new result. */
  public Duration longestGap() {
    return Duration.ofNanos(Math.max(longestGapNanos, System.nanoTime() - lastNanos));
  }

  /**
   * Blocks until every camera has committed labels of a frame that was taken after the given time.
   *
   * @throws IllegalStateException if it takes longer than the limit
   */
  public void awaitFresh(Collection<String> cameras, Instant after, Duration limit) {
    Await.until(
        "committed labels of every camera of frames after " + after,
        limit,
        () -> {
          failIfDead();
          return cameras.stream()
              .allMatch(camera -> newest.getOrDefault(camera, Instant.MIN).isAfter(after));
        });
  }

  /** Blocks until as many outcomes were seen as records were taken, no longer than the limit. */
  public boolean awaitAll(FrameLoad load, Duration limit) {
    try {
      Await.until(
          "an outcome of each of " + load.taken() + " records",
          limit,
          () -> judge.accounted() >= load.taken());
      return true;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  private void failIfDead() {
    Throwable cause = failure;
    if (cause != null) {
      throw new IllegalStateException("the reader of the results failed: " + cause, cause);
    }
  }

  /** Records of which an outcome was seen so far. */
  long accounted() {
    return judge.accounted();
  }

  /** What this reader has seen. */
  public Verdict verdict(FrameLoad load) {
    return judge.verdict(load);
  }

  /** What a new reader sees that reads everything from the beginning. */
  public Verdict drain(FrameLoad load) {
    Judge drained = new Judge();
    try (OutcomeReader reader = open()) {
      do {
        List<Outcome> outcomes = reader.poll(POLL);
        outcomes.forEach(drained::add);
      } while (!reader.atEnd());
    } catch (IOException e) {
      throw new IllegalStateException("a result cannot be read", e);
    }
    return drained.verdict(load);
  }

  @Override
  public void close() {
    stopped = true;
    try {
      run.get(10, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      // Who needed the results has been told.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
