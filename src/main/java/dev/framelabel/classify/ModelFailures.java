package dev.framelabel.classify;

import dev.framelabel.model.ModelException;
import java.util.concurrent.TimeUnit;

/**
 * Check that tells a model that fails for single frames from one that is broken: counts, minute by
 * minute, the frames for which it gave no probabilities. Thread-safe.
 */
final class ModelFailures {
  static final long WINDOW_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** Failed frames in a minute that do not yet prove a broken model. */
  static final int FEW = 10;

  private long begunNanos;
  private long frames;
  private long failed;

  /**
   * Counts a batch.
   *
   * @param reason of the last frame that failed
   * @throws ModelException if more than half of a minute's frames failed
   */
  synchronized void add(int batch, int batchFailed, String reason, long nowNanos) {
    if (frames == 0 || nowNanos - begunNanos >= 2 * WINDOW_NANOS) {
      begunNanos = nowNanos;
      frames = 0;
      failed = 0;
    }
    frames += batch;
    failed += batchFailed;
    if (nowNanos - begunNanos < WINDOW_NANOS) {
      return;
    }
    String share = failed + " of " + frames + " frames";
    boolean broken = failed > FEW && failed > frames / 2;
    frames = 0;
    failed = 0;
    if (broken) {
      throw new ModelException(
          "the model gave no probabilities for "
              + share
              + " of a minute; expected a few at most. Likely cause: the model or the device is"
              + " broken. Try the model file with 'framelabel model label'. The last frame: "
              + reason);
    }
  }
}
