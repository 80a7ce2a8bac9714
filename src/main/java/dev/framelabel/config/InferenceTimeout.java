package dev.framelabel.config;

import java.util.Locale;

/** What to do when a frame has no result in time. */
public enum InferenceTimeout {
  /** The job fails and restarts, with a new session on the device. */
  FAIL,
  /** The frame is rejected, and the job goes on. */
  REJECT;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
