package dev.framelabel.pipeline;

import dev.framelabel.classify.Classifier;
import dev.framelabel.classify.ClassifierStatistics;
import dev.framelabel.classify.SharedClassifiers;
import dev.framelabel.config.JobOptions;
import dev.framelabel.event.Frame;
import dev.framelabel.event.FrameEvent;
import dev.framelabel.event.Image;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.model.ModelOpener;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

/**
 * A user's hold on a classifier of this worker, its reading of images that stand elsewhere, and its
 * share of memory. Frames are given by one thread.
 */
final class LeasedClassifier implements AutoCloseable {
  private final ClaimCheck claims;
  private final SharedClassifiers.Lease lease;
  private final ByteBudget inFlightBytes;
  private final Duration patience;
  private final ClassifierStatistics statistics = new ClassifierStatistics();

  /**
   * Blocks while a model is being opened.
   *
   * @param device as {@link JobOptions#classifierSettings}
   */
  LeasedClassifier(JobOptions options, String device, ModelOpener models) {
    this.inFlightBytes =
        new ByteBudget(
            options.get(JobOptions.IN_FLIGHT_SIZE).getBytes(),
            options.get(JobOptions.MAX_IMAGE_SIZE).getBytes());
    this.patience = options.get(JobOptions.INFERENCE_TIMEOUT);
    this.claims = ClaimCheck.open(options);
    this.lease =
        SharedClassifiers.ofThisProcess().acquire(options.classifierSettings(device), models);
  }

  Classifier classifier() {
    return lease.classifier();
  }

  /** Totals of this user's frames. */
  ClassifierStatistics statistics() {
    return statistics;
  }

  /** Bytes of what is under way. */
  long inFlightBytes() {
    return inFlightBytes.held();
  }

  /**
   * The outcome of what came from Kafka. Blocks while too many bytes are under way. The outcome
   * fails only where the device or this code does; it comes on a thread that must not be held up.
   *
   * @throws TimeoutException if nothing that is under way was done for --inference-timeout
   */
  CompletableFuture<Outcome> label(FrameEvent event) throws InterruptedException, TimeoutException {
    if (event instanceof Frame frame && frame.image().format() == Image.Format.REFERENCE) {
      return labelReference(frame);
    }
    ByteBudget.Hold hold = inFlightBytes.take(bytes(event), patience);
    return classify(event).whenComplete((outcome, failure) -> hold.done());
  }

  /**
   * What only names its image's place stays so in Flink's state: the image is read after that, once
   * there is room for it.
   */
  private CompletableFuture<Outcome> labelReference(Frame frame)
      throws InterruptedException, TimeoutException {
    ByteBudget.Hold hold = inFlightBytes.takeGrowing(bytes(frame), patience);
    return claims
        .resolve(frame, hold::grow)
        .thenCompose(this::classify)
        .whenComplete((outcome, failure) -> hold.done());
  }

  private CompletableFuture<Outcome> classify(FrameEvent read) {
    return read instanceof Frame whole
        ? classifier().classify(whole, statistics)
        : CompletableFuture.completedFuture((RejectedFrame) read);
  }

  /** Returns the bytes that an event holds while it is in flight: its image, or its original. */
  private static long bytes(FrameEvent event) {
    return event instanceof RejectedFrame rejected
        ? rejected.original().length()
        : ((Frame) event).image().bytes().length();
  }

  @Override
  public void close() {
    claims.close();
    lease.close();
  }
}
