package dev.framelabel.classify;

import static java.util.Objects.requireNonNull;

import dev.framelabel.batch.BatchPolicy;
import dev.framelabel.image.ImageLimits;
import dev.framelabel.image.JpegBackend;
import dev.framelabel.model.SessionSettings;
import java.nio.file.Path;

/**
 * Settings that make one classifier differ from another.
 *
 * @param model the label-model file
 * @param decodeThreads threads that decode images; from 1
 * @param deviceStreams batches that the device is given at the same time; from 1
 * @param topLabels labels in a result, best first; from 1, at most the model's classes are given
 * @param imageDecoder decoder of JPEGs
 */
public record ClassifierSettings(
    Path model,
    SessionSettings session,
    BatchPolicy policy,
    int decodeThreads,
    int deviceStreams,
    int topLabels,
    ImageLimits limits,
    JpegBackend imageDecoder) {
  public ClassifierSettings {
    requireNonNull(model, "model");
    requireNonNull(session, "session");
    requireNonNull(policy, "policy");
    requireNonNull(limits, "limits");
    requireNonNull(imageDecoder, "imageDecoder");
    if (topLabels < 1) {
      throw new IllegalArgumentException("top labels are " + topLabels + "; expected 1 or more");
    }
    if (session.maxBatch() < policy.maxSize()) {
      throw new IllegalArgumentException(
          "the session is made for batches of "
              + session.maxBatch()
              + ", the batch policy sends "
              + policy.maxSize());
    }
  }
}
