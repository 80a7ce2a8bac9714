package dev.framelabel.classify;

import dev.framelabel.batch.BatchClock;
import dev.framelabel.batch.Batcher;
import dev.framelabel.batch.BatcherThreads;
import dev.framelabel.event.Frame;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.RejectionKind;
import dev.framelabel.image.BadImageException;
import dev.framelabel.image.Fit;
import dev.framelabel.image.ImageDecoder;
import dev.framelabel.model.Device;
import dev.framelabel.model.LabelModel;
import dev.framelabel.model.ModelMetadata;
import dev.framelabel.model.ModelOpener;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Classifier of frames on one device: decodes them in parallel into the next batch while the device
 * works on the one before. Thread-safe. Owns its model and its threads; knows nothing of Flink or
 * Kafka.
 */
public final class Classifier implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Classifier.class);
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(30);

  private final LabelModel model;
  private final long openedBytes;
  private final Batcher<TimedFrame, Outcome> batcher;
  private final BusyTime device = new BusyTime();
  private final ModelFailures failures = new ModelFailures();
  private final ClassifierStatistics statistics = new ClassifierStatistics();
  private CompletableFuture<Void> closed;

  /**
   * Opens the model and starts the threads. The classifier closes the model.
   *
   * @throws dev.framelabel.model.ModelException if the model cannot be opened
   */
  public static Classifier open(ClassifierSettings settings, ModelOpener models) {
    long before = ResidentMemory.anonymousBytes();
    LabelModel model = models.open(settings.model(), settings.session());
    long opened = Math.max(0, ResidentMemory.anonymousBytes() - before);
    try {
      return new Classifier(settings, model, opened);
    } catch (RuntimeException | Error e) {
      model.close();
      throw e;
    }
  }

  private Classifier(ClassifierSettings settings, LabelModel model, long openedBytes) {
    this.model = model;
    this.openedBytes = openedBytes;
    ModelMetadata metadata = model.metadata();
    ImageDecoder decoder =
        new ImageDecoder(
            metadata.width(),
            metadata.height(),
            Fit.of(metadata.resize(), metadata.cropPct(), metadata.interpolation()),
            settings.limits(),
            settings.imageDecoder());
    this.batcher =
        new Batcher<>(
            settings.policy(),
            BatchClock.SYSTEM,
            new BatcherThreads(
                "framelabel-" + model.device(), settings.decodeThreads(), settings.deviceStreams()),
            () ->
                new FrameBatch(
                    model,
                    decoder,
                    settings.policy().maxSize(),
                    settings.topLabels(),
                    device,
                    failures));
  }

  public ModelMetadata metadata() {
    return model.metadata();
  }

  /** Returns the device that the model runs on. */
  public Device device() {
    return model.device();
  }

  /**
   * Returns by how many bytes the process grew while the model was opened and warmed up: its
   * weights and the memory that the runtime keeps for the largest batch. What other threads took or
   * gave back meanwhile is in it too, and a model opened later may find memory that an earlier one
   * has left.
   */
  public long openedBytes() {
    return openedBytes;
  }

  /** Returns the number of native tensors that are open now; none while no batch runs. */
  public int openTensors() {
    return model.openTensors();
  }

  /** Returns the totals of the frames that were given without totals of their own. */
  public ClassifierStatistics statistics() {
    return statistics;
  }

  /** Returns the time for which the device had at least one batch to run, up to now. */
  public long deviceBusyNanos() {
    return device.nanos(System.nanoTime());
  }

  /** Labels a frame of a caller that keeps no totals of its own. */
  public CompletableFuture<Outcome> classify(Frame frame) {
    return classify(frame, statistics);
  }

  /** Labels a frame as {@link #submit} does, whenever its outcome comes. */
  public CompletableFuture<Outcome> classify(Frame frame, ClassifierStatistics statistics) {
    return submit(frame, statistics, Long.MAX_VALUE).outcome();
  }

  /**
   * Labels a frame. Never blocks; the caller bounds the number of in-flight frames.
   *
   * @param statistics the caller's totals
   * @param patienceNanos how long from now the outcome is of use
   */
  public Submission submit(Frame frame, ClassifierStatistics statistics, long patienceNanos) {
    return new Submission(
        frame, batcher.submit(new TimedFrame(frame, System.nanoTime(), statistics), patienceNanos));
  }

  /** A frame that the classifier has. */
  public final class Submission {
    private final CompletableFuture<Outcome> result;
    private final CompletableFuture<Outcome> outcome;

    private Submission(Frame frame, CompletableFuture<Outcome> result) {
      this.result = result;
      this.outcome = result.exceptionally(failure -> reject(frame, failure));
    }

    /**
     * Returns the outcome of the frame. A frame that is at fault comes out as rejected. The future
     * fails where the model or this code fails; with {@link
     * java.util.concurrent.CancellationException} if the classifier is stopped before the device
     * has the frame; and with {@link java.util.concurrent.TimeoutException} if the device would end
     * too late. It completes on a thread of the classifier, which the caller must not block.
     */
    public CompletableFuture<Outcome> outcome() {
      return outcome;
    }

    /**
     * Takes the frame back and lets go of it; its outcome does not complete then. Returns false if
     * the device has it, or has had it.
     */
    public boolean withdraw() {
      return batcher.withdraw(result);
    }
  }

  private static Outcome reject(Frame frame, Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof BadImageException bad) {
      return frame.reject(RejectionKind.valueOf(bad.fault().name()), bad.getMessage());
    }
    throw new CompletionException(cause);
  }

  /**
   * Stops the classifier: frames that wait fail, and batches that run go on. Never blocks. Safe to
   * call twice.
   *
   * @return completes when the model is closed; never where the device hangs for ever, because a
   *     model is not closed under a batch
   */
  public synchronized CompletableFuture<Void> stop() {
    if (closed == null) {
      closed = batcher.stop().thenRun(model::close);
    }
    return closed;
  }

  /**
   * Stops the classifier, and waits until the model is closed.
   *
   * @param patience how long it waits where the device hangs
   * @return whether the model is closed
   */
  boolean close(Duration patience) {
    CompletableFuture<Void> end = stop();
    Void ignored =
        end.copy().completeOnTimeout(null, patience.toNanos(), TimeUnit.NANOSECONDS).join();
    if (!end.isDone()) {
      LOG.error(
          "The device hangs in a batch: device={}. Its model is closed when the batch ends, and"
              + " takes memory until then. Likely cause: the driver or the device does not answer."
              + " See the runbook, section 'Hanging device'",
          model.device());
    }
    return end.isDone();
  }

  @Override
  public void close() {
    boolean ignored = close(CLOSE_PATIENCE);
  }
}
