package dev.framelabel.config;

import java.util.Locale;

/** Reaction when the broker has aborted a transaction that was to be committed. */
public enum LostCommit {
  /**
   * Publish its results again, from what the aborted transaction has left in the topic; end the
   * job, without a restart, where results are gone from the topic.
   */
  REPAIR,
  /** End the job, without a restart. */
  FAIL,
  /** Count and log the loss, and go on. */
  CONTINUE;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
