package dev.framelabel.model;

import java.util.Locale;

/** Precision of a device's arithmetic. A quantised model's integers are a property of its file. */
public enum Precision {
  /** 32 bits. */
  F32,
  /** bfloat16: the range of 32 bits, 8 bits of significance. */
  BF16,
  /** IEEE half precision: 11 bits of significance, largest number 65,504. */
  F16;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
