package dev.framelabel.pipeline;

import dev.framelabel.config.ImageReferenceException;
import dev.framelabel.config.ImageUriPrefixes;
import dev.framelabel.config.JobOptions;
import dev.framelabel.event.Frame;
import dev.framelabel.event.FrameEvent;
import dev.framelabel.event.Image;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.event.RejectionKind;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;

/**
 * Reader of images by reference (claim check), on threads of its own. A frame whose image cannot be
 * read becomes a rejected frame. The caller bounds how many frames wait.
 */
final class ClaimCheck implements AutoCloseable {
  /** Source of the images; {@link ImageFetcher#find} outside of tests. */
  @FunctionalInterface
  interface Reader {
    Found find(String uri) throws ImageReferenceException, IOException;
  }

  /** Step that blocks, and that fails as reading does. */
  @FunctionalInterface
  interface Step<T> {
    T run() throws ImageReferenceException, IOException;
  }

  /**
   * An image that is not read yet.
   *
   * @param read its bytes, as many as {@code size}
   */
  record Found(int size, Step<byte[]> read) {}

  private final Reader reader;
  private final Duration limit;
  private final ExecutorService readers;
  private final ScheduledExecutorService timer;

  /**
   * Creates the pools of threads, which {@link #close} ends.
   *
   * @param limit how long one image may take, from when its reading begins
   */
  ClaimCheck(Reader reader, Duration limit, int threads) {
    this.reader = reader;
    this.limit = limit;
    this.readers = Executors.newFixedThreadPool(threads, task -> daemon(task, "framelabel-images"));
    this.timer =
        Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "framelabel-images-timer"));
  }

  /** Opens a reader of the images that a job's options allow; the caller closes it. */
  static ClaimCheck open(JobOptions options) {
    ImageUriPrefixes prefixes = new ImageUriPrefixes(options.get(JobOptions.IMAGE_URI_PREFIXES));
    int maxBytes =
        (int) Math.min(Integer.MAX_VALUE, options.get(JobOptions.MAX_IMAGE_SIZE).getBytes());
    ImageFetcher fetcher = new ImageFetcher(prefixes, maxBytes);
    return new ClaimCheck(
        fetcher::find,
        options.get(JobOptions.IMAGE_URI_TIMEOUT),
        options.get(JobOptions.IMAGE_URI_THREADS));
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Reads the frame's image; the result is the frame with it, or a rejected frame. Never blocks;
   * the result completes on a thread of this.
   *
   * @param room gives room for so many bytes; until then no byte is read
   * @param letGo called once those bytes are in the result or nowhere: later than the result where
   *     a reading goes on that took too long
   */
  CompletableFuture<FrameEvent> resolve(
      Frame frame, LongFunction<CompletableFuture<Void>> room, Runnable letGo) {
    Reading reading = new Reading(frame);
    readers.execute(() -> reading.begin(room, letGo));
    return reading.result;
  }

  /** One image on its way: found, then read. */
  private final class Reading {
    private final Frame frame;
    private final CompletableFuture<FrameEvent> result = new CompletableFuture<>();
    private long leftNanos = limit.toNanos();
    private Thread thread;

    Reading(Frame frame) {
      this.frame = frame;
    }

    void begin(LongFunction<CompletableFuture<Void>> room, Runnable letGo) {
      timed(() -> reader.find(frame.image().uri()))
          .ifPresent(
              found -> {
                CompletableFuture<Void> ignored =
                    room.apply(found.size()).thenRunAsync(() -> read(found, letGo), readers);
              });
    }

    private void read(Found found, Runnable letGo) {
      Optional<byte[]> read = timed(found.read());
      letGo.run();
      read.ifPresent(
          bytes -> {
            boolean ignored = result.complete(frame.withImage(Image.encoded(bytes)));
          });
    }

    /** Runs a step for no longer than is left of the limit; its failure becomes the result. */
    private <T> Optional<T> timed(Step<T> step) {
      setThread(Thread.currentThread());
      long begun = System.nanoTime();
      ScheduledFuture<?> expiry = timer.schedule(this::expire, leftNanos, TimeUnit.NANOSECONDS);
      T value = null;
      RejectedFrame rejected = null;
      Throwable failure = null;
      String uri = frame.image().uri();
      try {
        value = step.run();
      } catch (ImageReferenceException e) {
        rejected = frame.reject(e.kind(), e.getMessage());
      } catch (IOException | RuntimeException e) {
        // File systems of plugins throw what their clients throw.
        rejected = frame.reject(RejectionKind.IMAGE_READ_FAILED, uri + " cannot be read: " + e);
      } catch (Error e) {
        failure = e;
      }
      setThread(null);
      // What interrupted this reading must not interrupt the next.
      boolean ignored = expiry.cancel(false);
      ignored = Thread.interrupted();
      leftNanos -= System.nanoTime() - begun;
      if (failure != null) {
        ignored = result.completeExceptionally(failure);
      } else if (rejected != null) {
        ignored = result.complete(rejected);
      }
      return Optional.ofNullable(value);
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

  /** Stops what is being read. */
  @Override
  public void close() {
    List<Runnable> ignored = readers.shutdownNow();
    ignored = timer.shutdownNow();
  }
}
