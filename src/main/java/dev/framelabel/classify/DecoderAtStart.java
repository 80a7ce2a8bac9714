package dev.framelabel.classify;

import dev.framelabel.image.JpegBackend;
import java.io.Serializable;

/**
 * The decoder of JPEGs that a job's settings mean on the machine that started it. Goes to the
 * workers with the job.
 *
 * @param choice of the settings
 * @param meant by it on that machine
 */
public record DecoderAtStart(JpegBackend choice, JpegBackend meant) implements Serializable {
  /** Returns what these settings mean on this machine. */
  public static DecoderAtStart of(ClassifierSettings settings) {
    return new DecoderAtStart(settings.imageDecoder(), settings.imageDecoder().onThisMachine());
  }

  /** Logs a warning if the settings mean another decoder on this machine. */
  public void warnIfOther() {
    choice.warnIfNot(meant);
  }
}
