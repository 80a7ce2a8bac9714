package dev.framelabel.config;

import java.util.Locale;

/** Reaction when a frame has no result within the inference timeout. */
public enum InferenceTimeout {
  /** The job fails and restarts, with a new session on the device. */
  FAIL,
  /** The waiting frames are rejected, and the job continues. */
  REJECT;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
