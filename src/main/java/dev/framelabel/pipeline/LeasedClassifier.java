package dev.framelabel.pipeline;

import dev.framelabel.classify.Classifier;
import dev.framelabel.classify.ClassifierSettings;
import dev.framelabel.classify.ClassifierStatistics;
import dev.framelabel.classify.SharedClassifiers;
import dev.framelabel.config.JobOptions;
import dev.framelabel.event.Frame;
import dev.framelabel.event.FrameEvent;
import dev.framelabel.event.Image;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.model.ModelOpener;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.LongFunction;

/**
 * A user's hold on a classifier of this worker, its reader of images by reference, and its share of
 * memory. Frames are given by one thread.
 */
final class LeasedClassifier implements AutoCloseable {
  private final SharedClassifiers classifiers;
  private final ClassifierSettings settings;
  private final ModelOpener models;
  private final ClaimCheck claims;
  private final ByteBudget inFlightBytes;
  private final FrameDeadline deadline;
  private final ClassifierStatistics statistics = new ClassifierStatistics();
  private final ExecutorService resubmissions =
      Executors.newSingleThreadExecutor(task -> daemon(task, "framelabel-resubmit"));
  private volatile SharedClassifiers.Lease lease;
  private volatile boolean ending;

  /**
   * Acquires a classifier. Blocks while a model is being opened.
   *
   * @param device as {@link JobOptions#classifierSettings}
   * @param classifiers those of this worker
   */
  LeasedClassifier(
      JobOptions options, String device, ModelOpener models, SharedClassifiers classifiers) {
    this(options, device, models, classifiers, timer(), ClaimCheck.open(options));
  }

  /**
   * Acquires a classifier as the other constructor does, with parts that {@link #close} closes.
   *
   * @param timer runs the deadlines
   * @param claims reads images by reference
   */
  LeasedClassifier(
      JobOptions options,
      String device,
      ModelOpener models,
      SharedClassifiers classifiers,
      ScheduledExecutorService timer,
      ClaimCheck claims) {
    this.classifiers = classifiers;
    this.settings = options.classifierSettings(device);
    this.models = models;
    this.inFlightBytes =
        new ByteBudget(
            options.get(JobOptions.IN_FLIGHT_SIZE).getBytes(),
            options.get(JobOptions.MAX_IMAGE_SIZE).getBytes());
    this.deadline = FrameDeadline.of(options, timer);
    this.claims = claims;
    this.lease = classifiers.acquire(settings, models);
  }

  private static ScheduledExecutorService timer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(1, task -> daemon(task, "framelabel-deadlines"));
    // Else each frame would stay in memory until its deadline.
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** Returns the classifier that frames go to now; a bad one until the next frame. */
  Classifier classifier() {
    return lease.classifier();
  }

  /**
   * Returns a lease on a classifier that takes frames. Blocks while a bad one is being replaced.
   *
   * @throws CancellationException if this is closed, or about to be because a frame failed
   */
  SharedClassifiers.Lease lease() {
    SharedClassifiers.Lease last = lease;
    if (!last.isRetired()) {
      return last;
    }
    // Without the lock, which close() needs.
    last.awaitClosed();
    return renewed();
  }

  private synchronized SharedClassifiers.Lease renewed() {
    if (ending) {
      throw new CancellationException("the task ends");
    }
    if (lease.isRetired()) {
      lease.close();
      lease = classifiers.acquire(settings, models);
    }
    return lease;
  }

  /** Notes that a frame failed, and with it the task, which needs no other classifier then. */
  void fails() {
    ending = true;
  }

  /** Returns the totals of this user's frames. */
  ClassifierStatistics statistics() {
    return statistics;
  }

  FrameDeadline deadline() {
    return deadline;
  }

  /** Returns the bytes of what is in flight. */
  long inFlightBytes() {
    return inFlightBytes.held();
  }

  /**
   * Labels what came from Kafka. Blocks while too many bytes are in flight, and while a bad
   * classifier is replaced. The outcome comes before --inference-timeout is over, on a thread that
   * must not be held up. It fails where the device or this code does, and at the deadline if the
   * options say so.
   */
  CompletableFuture<Outcome> label(FrameEvent event) throws InterruptedException {
    boolean reference =
        event instanceof Frame frame && frame.image().format() == Image.Format.REFERENCE;
    ByteBudget.Hold hold =
        reference ? inFlightBytes.takeGrowing(bytes(event)) : inFlightBytes.take(bytes(event));
    if (event instanceof RejectedFrame rejected) {
      hold.done();
      return CompletableFuture.completedFuture(rejected);
    }
    return new InFlightFrame(this, (Frame) event, hold).begin();
  }

  /**
   * Reads the image of a frame with an image by reference, once there is room for it. Flink's state
   * holds the reference only.
   *
   * @param letGo as {@link ClaimCheck#resolve} calls it
   */
  CompletableFuture<FrameEvent> read(
      Frame frame, LongFunction<CompletableFuture<Void>> room, Runnable letGo) {
    return claims.resolve(frame, room, letGo);
  }

  /** Runs what may block, which timers and threads of a classifier must not run. */
  void resubmit(Runnable submission) {
    if (!ending) {
      resubmissions.execute(submission);
    }
  }

  /** Returns the bytes that an event holds while it is in flight: its image, or its original. */
  private static long bytes(FrameEvent event) {
    return event instanceof RejectedFrame rejected
        ? rejected.original().length()
        : ((Frame) event).image().bytes().length();
  }

  @Override
  public void close() {
    ending = true;
    deadline.close();
    List<Runnable> ignored = resubmissions.shutdownNow();
    claims.close();
    synchronized (this) {
      lease.close();
    }
  }
}
