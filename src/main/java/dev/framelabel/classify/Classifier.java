package dev.framelabel.classify;

import dev.framelabel.batch.BatchClock;
import dev.framelabel.batch.Batcher;
import dev.framelabel.batch.BatcherThreads;
import dev.framelabel.event.Frame;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.RejectionKind;
import dev.framelabel.image.BadImageException;
import dev.framelabel.image.ImageDecoder;
import dev.framelabel.image.Resize;
import dev.framelabel.model.LabelModel;
import dev.framelabel.model.ModelMetadata;
import dev.framelabel.model.ModelOpener;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Labels frames on one device: decodes them in parallel into the next batch while the device works
 * on the one before. Thread-safe. Owns its model and its threads; knows nothing of Flink or Kafka.
 */
public final class Classifier implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Classifier.class);

  private final LabelModel model;
  private final long openedBytes;
  private final Batcher<TimedFrame, Outcome> batcher;
  private final BusyTime device = new BusyTime();
  private final ModelFailures failures = new ModelFailures();
  private final ClassifierStatistics statistics = new ClassifierStatistics();

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
            Resize.valueOf(metadata.resize().toUpperCase(Locale.ROOT)),
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

  /**
   * By how much the process grew while the model was opened and warmed up: its weights and the
   * memory that the runtime keeps for the largest batch. What other threads took or gave back
   * meanwhile is in it too, and a model opened later may find memory that an earlier one has left.
   */
  public long openedBytes() {
    return openedBytes;
  }

  /** Native tensors that are open now; none while no batch runs. */
  public int openTensors() {
    return model.openTensors();
  }

  /** Totals of the frames that were given without totals of their own. */
  public ClassifierStatistics statistics() {
    return statistics;
  }

  /** Time for which the device had at least one batch to run, up to now. */
  public long deviceBusyNanos() {
    return device.nanos(System.nanoTime());
  }

  /** Labels a frame of a caller that keeps no totals of its own. */
  public CompletableFuture<Outcome> classify(Frame frame) {
    return classify(frame, statistics);
  }

  /**
   * Labels a frame. Never blocks; the caller bounds the number of in-flight frames. A frame whose
   * image is at fault comes out as rejected. The future fails only where the model or this code
   * fails, or when the classifier is closed. It completes on a thread of the classifier, which the
   * caller must not block.
   *
   * @param statistics the caller's totals
   */
  public CompletableFuture<Outcome> classify(Frame frame, ClassifierStatistics statistics) {
    return batcher
        .submit(new TimedFrame(frame, System.nanoTime(), statistics))
        .exceptionally(failure -> reject(frame, failure));
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
   * Waits for the batch that runs, fails the frames that wait, and closes the model. A model that
   * hangs in a batch is not closed under it: its memory stays taken until the process ends.
   */
  @Override
  public void close() {
    batcher.close();
    if (batcher.ended()) {
      model.close();
    } else {
      LOG.error(
          "The device hangs in a batch: device={}. Its model is not closed, and the model's memory"
              + " stays taken until this process ends. Restart the TaskManager. See the runbook,"
              + " section 'Job restarts again and again'",
          model.device());
    }
  }
}
