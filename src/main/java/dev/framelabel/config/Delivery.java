package dev.framelabel.config;

import java.util.Locale;

/** The delivery guarantee of the output topics. */
public enum Delivery {
  /** Each result once; {@code read_committed} consumers see it after the next checkpoint. */
  EXACTLY_ONCE,
  /** Each result at least once; consumers see it at once, and again after some failures. */
  AT_LEAST_ONCE;

  /** Returns the name as users write it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
