package dev.framelabel.tools.camera;

import dev.framelabel.event.CameraStatus.State;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/**
 * Worker that keeps one camera open: opens it again when it is lost, with growing pauses, and
 * abandons an attempt that hangs. Its thread never calls into the source.
 */
final class CameraWorker {
  /** With the step of the watch and the first pause, this stays below ten seconds. */
  static final long PATIENCE_NANOS = 8_000_000_000L;

  private static final long FIRST_PAUSE_MILLIS = 500;
  private static final long LONGEST_PAUSE_MILLIS = 30_000;
  private static final int MOST_HUNG = 4;

  private final CameraStream stream;
  private final Opener opener;
  private final boolean once;
  private final long patienceNanos;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final List<Connection> hung = new ArrayList<>();
  private final WatchedThread thread;
  private long pauseMillis;

  /** Opener of a camera's source, anew for each attempt. */
  interface Opener {
    PictureSource open() throws IOException;
  }

  /**
   * Starts the thread of the worker.
   *
   * @param once do not open a lost camera again
   * @param patienceNanos how long a source may show no sign of life
   */
  CameraWorker(CameraStream stream, Opener opener, boolean once, long patienceNanos) {
    this.stream = stream;
    this.opener = opener;
    this.once = once;
    this.patienceNanos = patienceNanos;
    thread = new WatchedThread("framelabel-camera-" + stream.settings().id(), this::work);
    thread.start();
  }

  private void work() throws InterruptedException {
    try (stream) {
      do {
        attempt();
      } while (!stops() && stream.health().state() != State.ENDED && !once && pause());
    }
  }

  private void attempt() throws InterruptedException {
    hung.removeIf(connection -> !connection.isRunning());
    if (hung.size() >= MOST_HUNG) {
      stream.health().lost(MOST_HUNG + " earlier attempts hang in FFmpeg; waits for one to return");
      return;
    }
    try {
      do {
        attemptOnce(opener.open());
      } while (stream.settings().repeat() == CameraSettings.Repeat.LOOP && !stops());
      stream.health().ended();
    } catch (IOException | RuntimeException | LinkageError e) {
      if (stops()) {
        stream.health().ended();
      } else {
        stream.health().lost(e.getMessage() == null ? e.toString() : e.getMessage());
      }
    }
  }

  private void attemptOnce(PictureSource source) throws IOException, InterruptedException {
    Connection connection = new Connection(stream, source, this::stops);
    try {
      connection.await(patienceNanos);
    } finally {
      pauseMillis = connection.hadPicture() ? 0 : pauseMillis;
      if (connection.isRunning()) {
        connection.abandon();
        hung.add(connection);
      }
    }
  }

  /** Waits before the next attempt: half a second first, then twice as long each time. */
  private boolean pause() throws InterruptedException {
    pauseMillis = Math.min(LONGEST_PAUSE_MILLIS, Math.max(FIRST_PAUSE_MILLIS, pauseMillis * 2));
    boolean goesOn = !stream.time().await(stopped, pauseMillis);
    stream.health().reconnects();
    return goesOn;
  }

  private boolean stops() {
    return stopped.getCount() == 0;
  }

  /** Returns why this camera's thread has died; empty while it lives and after a good end. */
  Optional<String> death() {
    return thread.death();
  }

  boolean isRunning() {
    return thread.isAlive() || !stream.queue().isEmpty();
  }

  CameraStream stream() {
    return stream;
  }

  void stop() {
    stopped.countDown();
  }
}
