package dev.framelabel.config;

import java.util.Locale;

/** What a reader of the output topics can rely on. */
public enum Delivery {
  /** Every result once; visible to {@code read_committed} readers after the next checkpoint. */
  EXACTLY_ONCE,
  /** Every result at least once, visible at once; repeats are possible after a failure. */
  AT_LEAST_ONCE;

  /** The name as users write it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
