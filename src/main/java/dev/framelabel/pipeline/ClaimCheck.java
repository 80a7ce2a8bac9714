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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;

/**
 * Reader of images by reference (claim check), on threads of its own. A frame whose image cannot be
 * read becomes a rejected frame. The caller bounds how many frames wait.
 *
 * <p>A reading that ignores its interrupt keeps its thread until it ends. Its bytes are let go of
 * after the time limit once more: at most one such image a thread is in memory uncounted. While all
 * threads hang so, the frames that wait for a thread are rejected.
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
  private final ThreadPoolExecutor readers;
  private final ScheduledExecutorService timer;
  private final AtomicInteger hanging = new AtomicInteger();

  /**
   * Creates the pools of threads, which {@link #close} ends.
   *
   * @param limit how long one image may take, from when its reading begins
   */
  ClaimCheck(Reader reader, Duration limit, int threads) {
    this(
        reader,
        limit,
        threads,
        Executors.newSingleThreadScheduledExecutor(
            task -> daemon(task, "framelabel-images-timer")));
  }

  /**
   * Creates the pool of threads as the other constructor does.
   *
   * @param timer runs the time limits; {@link #close} ends it
   */
  ClaimCheck(Reader reader, Duration limit, int threads, ScheduledExecutorService timer) {
    this.reader = reader;
    this.limit = limit;
    this.readers =
        new ThreadPoolExecutor(
            threads,
            threads,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> daemon(task, "framelabel-images"));
    this.timer = timer;
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
   * @param letGo called once those bytes are in the result, nowhere, or in a reading that hangs:
   *     later than the result where a reading goes on that took too long; possibly more than once
   */
  CompletableFuture<FrameEvent> resolve(
      Frame frame, LongFunction<CompletableFuture<Void>> room, Runnable letGo) {
    Reading reading = new Reading(frame, letGo);
    execute(reading, () -> reading.begin(room));
    return reading.result;
  }

  private void execute(Reading reading, Runnable work) {
    readers.execute(new Waiting(reading, work));
    if (allHang()) {
      // Not here: what is rejected makes room for the next, which comes here again.
      timer.execute(this::rejectWaiting);
    }
  }

  private boolean allHang() {
    return hanging.get() == readers.getCorePoolSize();
  }

  private void rejectWaiting() {
    if (allHang()) {
      List<Runnable> waiting = new ArrayList<>();
      readers.getQueue().drainTo(waiting);
      waiting.forEach(step -> ((Waiting) step).reading.rejectUnread());
    }
  }

  /** A reading's step that waits for a thread. */
  private record Waiting(Reading reading, Runnable work) implements Runnable {
    @Override
    public void run() {
      work.run();
    }
  }

  /** One image on its way: found, then read. */
  private final class Reading {
    private final Frame frame;
    private final Runnable letGo;
    private final CompletableFuture<FrameEvent> result = new CompletableFuture<>();
    private long leftNanos = limit.toNanos();
    private Thread thread;
    private boolean hangs;

    Reading(Frame frame, Runnable letGo) {
      this.frame = frame;
      this.letGo = letGo;
    }

    void begin(LongFunction<CompletableFuture<Void>> room) {
      timed(() -> reader.find(frame.image().uri()))
          .ifPresent(
              found -> {
                CompletableFuture<Void> ignored =
                    room.apply(found.size()).thenRun(() -> execute(this, () -> read(found)));
              });
    }

    private void read(Found found) {
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
      reject("was not read within --image-uri-timeout " + limit.toMillis() + " ms");
      interrupt();
      ScheduledFuture<?> ignored =
          timer.schedule(this::giveUp, limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Lets go of a step that its interrupt has not ended. */
    private void giveUp() {
      if (isFoundToHang()) {
        letGo.run();
        rejectWaiting();
      }
    }

    private void reject(String story) {
      boolean ignored =
          result.complete(
              frame.reject(RejectionKind.IMAGE_READ_TIMEOUT, frame.image().uri() + " " + story));
    }

    /** Rejects the frame, which no thread will read, and lets go of its bytes. */
    void rejectUnread() {
      letGo.run();
      reject(
          "was not read: all "
              + readers.getCorePoolSize()
              + " --image-uri-threads hang in reads that did not end after --image-uri-timeout "
              + limit.toMillis()
              + " ms");
    }

    private synchronized boolean isFoundToHang() {
      if (thread == null || hangs) {
        return false;
      }
      hangs = true;
      int ignored = hanging.incrementAndGet();
      return true;
    }

    private synchronized void setThread(Thread reading) {
      thread = reading;
      if (hangs) {
        hangs = false;
        int ignored = hanging.decrementAndGet();
      }
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
