package dev.framelabel.tools.modelkit;

/** IEEE 754 half precision, which Java 17 does not know. */
final class Float16 {
  static final float LARGEST = 65504;

  private Float16() {}

  static float toFloat(short half) {
    int exponent = half >> 10 & 0x1F;
    int fraction = half & 0x3FF;
    float magnitude =
        switch (exponent) {
          case 0 -> fraction * 0x1p-24f;
          case 0x1F -> fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
          default -> Float.intBitsToFloat((exponent + 112) << 23 | fraction << 13);
        };
    return half < 0 ? -magnitude : magnitude;
  }

  /** The nearest half; of two that are as near, the even one; infinite beyond {@link #LARGEST}. */
  static short fromFloat(float value) {
    int sign = Float.floatToRawIntBits(value) >>> 16 & 0x8000;
    float magnitude = Math.abs(value);
    if (Float.isNaN(value)) {
      return (short) 0x7E00;
    }
    if (magnitude >= 65520) {
      return (short) (sign | 0x7C00);
    }
    if (magnitude < 0x1p-14f) {
      return (short) (sign | (int) Math.rint(magnitude * 0x1p24));
    }
    int bits = Float.floatToRawIntBits(magnitude);
    int rounded = bits + 0xFFF + (bits >> 13 & 1);
    return (short) (sign | (rounded >> 13) - (112 << 10));
  }
}
