package dev.framelabel.pipeline;

import dev.framelabel.config.ImageReferenceException;
import dev.framelabel.config.ImageUriPrefixes;
import dev.framelabel.config.JobOptions;
import dev.framelabel.event.Bytes;
import dev.framelabel.event.Frame;
import dev.framelabel.event.FrameEvent;
import dev.framelabel.event.Image;
import dev.framelabel.event.RejectionKind;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Reads the images of frames that only name their image's place, on threads of its own. Whatever
 * hinders that makes a rejected frame. The caller bounds how many frames wait.
 */
final class ClaimCheck implements AutoCloseable {
  /** Where images come from; {@link ImageFetcher#read} outside of tests. */
  @FunctionalInterface
  interface Reader {
    byte[] read(String uri) throws ImageReferenceException, IOException;
  }

  private final Reader reader;
  private final Duration limit;
  private final ExecutorService readers;
  private final ScheduledExecutorService timer;

  /**
   * @param limit how long one image may take, from when its reading begins
   */
  ClaimCheck(Reader reader, Duration limit, int threads) {
    this.reader = reader;
    this.limit = limit;
    this.readers = Executors.newFixedThreadPool(threads, task -> daemon(task, "framelabel-images"));
    this.timer =
        Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "framelabel-images-timer"));
  }

  /** Opens what reads the images that a job's options allow; the caller closes it. */
  static ClaimCheck open(JobOptions options) {
    ImageUriPrefixes prefixes = new ImageUriPrefixes(options.get(JobOptions.IMAGE_URI_PREFIXES));
    int maxBytes =
        (int) Math.min(Integer.MAX_VALUE, options.get(JobOptions.MAX_IMAGE_SIZE).getBytes());
    ImageFetcher fetcher = new ImageFetcher(prefixes, maxBytes);
    return new ClaimCheck(
        fetcher::read,
        options.get(JobOptions.IMAGE_URI_TIMEOUT),
        options.get(JobOptions.IMAGE_URI_THREADS));
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** The frame with its image, or rejected. Never blocks; completes on a thread of this. */
  CompletableFuture<FrameEvent> resolve(Frame frame) {
    Reading reading = new Reading(frame);
    readers.execute(reading);
    return reading.result;
  }

  /** One image on its way. */
  private final class Reading implements Runnable {
    private final Frame frame;
    private final CompletableFuture<FrameEvent> result = new CompletableFuture<>();
    private Thread thread;

    Reading(Frame frame) {
      this.frame = frame;
    }

    @Override
    public void run() {
      setThread(Thread.currentThread());
      ScheduledFuture<?> expiry =
          timer.schedule(this::expire, limit.toNanos(), TimeUnit.NANOSECONDS);
      FrameEvent event = null;
      Throwable failure = null;
      try {
        event = read();
      } catch (Error e) {
        failure = e;
      }
      setThread(null);
      // What interrupted this reading must not interrupt the next.
      boolean ignored = expiry.cancel(false);
      ignored = Thread.interrupted();
      ignored = failure == null ? result.complete(event) : result.completeExceptionally(failure);
    }

    private FrameEvent read() {
      String uri = frame.image().uri();
      try {
        byte[] bytes = reader.read(uri);
        return frame.withImage(new Image(Image.Format.ENCODED, Bytes.wrap(bytes), 0, 0));
      } catch (ImageReferenceException e) {
        return frame.reject(e.kind(), e.getMessage());
      } catch (IOException | RuntimeException e) {
        // File systems of plugins throw what their clients throw.
        return frame.reject(RejectionKind.IMAGE_READ_FAILED, uri + " cannot be read: " + e);
      }
    }

    private void expire() {
      boolean ignored =
          result.complete(
              frame.reject(
                  RejectionKind.IMAGE_READ_TIMEOUT,
                  frame.image().uri()
                      + " was not read within --image-uri-timeout "
                      + limit.toMillis()
                      + " ms"));
      interrupt();
    }

    private synchronized void setThread(Thread reading) {
      thread = reading;
    }

    private synchronized void interrupt() {
      if (thread != null) {
        thread.interrupt();
      }
    }
  }

  /** Gives up what is being read. */
  @Override
  public void close() {
    List<Runnable> ignored = readers.shutdownNow();
    ignored = timer.shutdownNow();
  }
}
