package dev.framelabel.pipeline;

import dev.framelabel.classify.Classifier;
import dev.framelabel.classify.SharedClassifiers;
import dev.framelabel.event.Frame;
import dev.framelabel.event.FrameEvent;
import dev.framelabel.event.Image;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.RejectedFrame;
import java.util.concurrent.CompletableFuture;

/**
 * A user's hold on the worker's classifier, and its reading of images that stand elsewhere.
 * Thread-safe; closing it gives up what is under way only where no one else uses the classifier.
 */
final class LeasedClassifier implements AutoCloseable {
  private final SharedClassifiers.Lease lease;
  private final ClaimCheck claims;

  /**
   * Blocks while a model is being opened.
   *
   * @param device as {@link JobOptions#classifierSettings}
   */
  LeasedClassifier(JobOptions options, String device) {
    this.lease = SharedClassifiers.ofThisProcess().acquire(options.classifierSettings(device));
    this.claims = options.newClaimCheck();
  }

  Classifier classifier() {
    return lease.classifier();
  }

  /**
   * The outcome of what came from Kafka. Never blocks; fails only where the device or this code
   * does. What only names its image's place stays so in Flink's state: the image is read after
   * that.
   */
  CompletableFuture<Outcome> label(FrameEvent event) {
    if (event instanceof RejectedFrame rejected) {
      return CompletableFuture.completedFuture(rejected);
    }
    Frame frame = (Frame) event;
    if (frame.image().format() != Image.Format.REFERENCE) {
      return classifier().classify(frame);
    }
    return claims
        .resolve(frame)
        .thenCompose(
            read ->
                read instanceof Frame whole
                    ? classifier().classify(whole)
                    : CompletableFuture.completedFuture((RejectedFrame) read));
  }

  @Override
  public void close() {
    claims.close();
    lease.close();
  }
}
