package dev.framelabel.classify;

import static java.util.Objects.requireNonNull;

import dev.framelabel.model.ModelOpener;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Classifiers of a worker, one for each model and device, shared by all tasks that use it: their
 * frames share its batches. The last task that releases the classifier closes it. A classifier that
 * a task marked as bad is closed at once, and the next lease is one on a new classifier.
 *
 * <p>A classifier whose device hangs keeps its memory, because a model cannot be closed under a
 * batch. A process tolerates one; at the second one it ends itself.
 */
public final class SharedClassifiers {
  private static final Logger LOG = LoggerFactory.getLogger(SharedClassifiers.class);
  private static final int TOLERATED = 1;

  /** TensorRT builds engines for minutes. */
  private static final Duration OPEN_PATIENCE = Duration.ofMinutes(15);

  private final Duration closePatience;
  private final String hangingCount;
  private final Consumer<String> endOfProcess;
  private final ThreadFactory threads;
  private final Map<Key, Shared> classifiers = new HashMap<>();

  private record Key(ClassifierSettings settings, ModelOpener models) {}

  private static final class Shared {
    final Classifier classifier;
    final AtomicBoolean retired = new AtomicBoolean();
    final CompletableFuture<Void> gone = new CompletableFuture<>();
    int users;

    Shared(Classifier classifier) {
      this.classifier = classifier;
    }
  }

  /**
   * Begins without a classifier.
   *
   * @param closePatience how long a classifier may take to close before its device counts as
   *     hanging
   * @param hangingCount name of the system property that counts classifiers that hang: each Flink
   *     job has a class loader, and so a copy, of its own, and all share the process
   * @param endOfProcess ends this process, for the reason that it is given; called on any thread
   */
  public SharedClassifiers(
      Duration closePatience, String hangingCount, Consumer<String> endOfProcess) {
    this(closePatience, hangingCount, endOfProcess, Thread::new);
  }

  /**
   * Begins as the other constructor does, with threads of the caller's making.
   *
   * @param threads for the closing of bad classifiers
   */
  SharedClassifiers(
      Duration closePatience,
      String hangingCount,
      Consumer<String> endOfProcess,
      ThreadFactory threads) {
    this.threads = requireNonNull(threads);
    this.closePatience = requireNonNull(closePatience);
    this.hangingCount = requireNonNull(hangingCount);
    this.endOfProcess = requireNonNull(endOfProcess);
  }

  /** A user's hold on a shared classifier; closing it twice counts once. */
  public final class Lease implements AutoCloseable {
    private final Key key;
    private final Shared shared;
    private boolean released;

    private Lease(Key key, Shared shared) {
      this.key = key;
      this.shared = shared;
    }

    public Classifier classifier() {
      return shared.classifier;
    }

    /** Returns whether the classifier takes no more frames: its user needs a new lease. */
    public boolean isRetired() {
      return shared.retired.get();
    }

    /** Blocks until a classifier that takes no more frames is closed, or counts as hanging. */
    public void awaitClosed() {
      Void ignored = shared.gone.join();
    }

    /** Marks the classifier as bad, so that it is replaced for all its users. Never blocks. */
    public void markBad(String cause) {
      if (shared.retired.compareAndSet(false, true)) {
        LOG.warn(
            "The classifier is replaced, because it failed or hangs: device={}. Frames that wait"
                + " go to a new one. See the runbook, section 'Hanging device'."
                + " Cause: {}",
            shared.classifier.device(),
            cause);
        retireLater(key, shared);
      }
    }

    @Override
    public void close() {
      synchronized (SharedClassifiers.this) {
        if (!released) {
          released = true;
          if (--shared.users == 0 && shared.retired.compareAndSet(false, true)) {
            retire(key, shared);
          }
        }
      }
    }
  }

  /**
   * Opens the classifier, or joins its other users. Blocks while a model is being opened, and
   * before that while a bad one is being closed, so that both are not in memory.
   */
  public synchronized Lease acquire(ClassifierSettings settings, ModelOpener models) {
    Key key = new Key(settings, models);
    Shared shared = classifiers.get(key);
    if (shared != null && shared.retired.get()) {
      Void ignored = shared.gone.join();
      shared = null;
    }
    if (shared == null) {
      shared = new Shared(open(settings, models));
      Shared ignored = classifiers.put(key, shared);
    }
    shared.users++;
    return new Lease(key, shared);
  }

  /**
   * Opens a classifier. Beside one that hangs it ends the process if the model does not open in
   * time: a device that hangs as a whole does not open another model either.
   */
  private Classifier open(ClassifierSettings settings, ModelOpener models) {
    if (countHanging(0) == 0) {
      return Classifier.open(settings, models);
    }
    CompletableFuture<Void> limit =
        new CompletableFuture<Void>()
            .completeOnTimeout(null, OPEN_PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
    CompletableFuture<Void> ignored =
        limit.thenRun(
            () ->
                endOfProcess.accept(
                    "beside a classifier that hangs, a new one did not open within "
                        + OPEN_PATIENCE));
    try {
      return Classifier.open(settings, models);
    } finally {
      boolean unused = limit.cancel(false);
    }
  }

  /** Closes a classifier on a thread of its own. */
  private void retireLater(Key key, Shared shared) {
    try {
      Thread closing = threads.newThread(() -> retire(key, shared));
      closing.setName("framelabel-replace");
      closing.setDaemon(true);
      closing.start();
    } catch (OutOfMemoryError e) {
      // No thread can be made, so the process ends. Nobody shall wait for this classifier
      // meanwhile.
      boolean ignored = shared.gone.complete(null);
      endOfProcess.accept("a bad classifier cannot be closed: " + e);
    }
  }

  /** Closes a classifier that is no longer given to any user. */
  private void retire(Key key, Shared shared) {
    try {
      if (!shared.classifier.close(closePatience)) {
        hangs(shared.classifier);
      }
    } finally {
      boolean ignored = shared.gone.complete(null);
      synchronized (this) {
        boolean unused = classifiers.remove(key, shared);
      }
    }
  }

  private void hangs(Classifier classifier) {
    int hanging = countHanging(1);
    CompletableFuture<Void> ignored =
        classifier.stop().whenComplete((closed, failure) -> countHanging(-1));
    if (hanging > TOLERATED) {
      endOfProcess.accept(
          hanging
              + " classifiers of this process hang in a batch, now one on "
              + classifier.device()
              + "; expected "
              + TOLERATED
              + " at most, because each keeps the memory of its model");
    }
  }

  private int countHanging(int more) {
    return Integer.parseInt(
        (String)
            System.getProperties()
                .merge(
                    hangingCount,
                    String.valueOf(more),
                    (before, change) -> String.valueOf(Integer.parseInt((String) before) + more)));
  }
}
