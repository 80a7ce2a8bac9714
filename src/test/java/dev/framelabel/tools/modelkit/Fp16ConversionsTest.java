package dev.framelabel.tools.modelkit;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.platform.Fp16Conversions;
import org.junit.jupiter.api.Test;

/** ONNX Runtime's conversions are those of IEEE 754, on which half precision relies. */
final class Fp16ConversionsTest {
  @Test
  void fromFloat_ofEveryHalf_givesItBack() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float value = Fp16Conversions.fp16ToFloat((short) bits);
      if (!Float.isNaN(value)) {
        assertThat(Fp16Conversions.floatToFp16(value)).isEqualTo((short) bits);
      }
    }
  }

  @Test
  void fromFloat_betweenTwo_takesTheNearestAndOfTwoTheEvenOne() {
    assertThat(half(1 + 0x1p-11f)).isEqualTo(1);
    assertThat(half(1 + 0x1.8p-10f)).isEqualTo(1 + 0x1p-9f);
    assertThat(half(1 + 0x1.01p-11f)).isEqualTo(1 + 0x1p-10f);
    assertThat(half(0x1p-25f)).isZero();
    assertThat(half(0x1.8p-24f)).isEqualTo(0x1p-23f);
    assertThat(half(65519)).isEqualTo(65504);
    assertThat(half(65520)).isInfinite();
    assertThat(half(-1e9f)).isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(half(Float.NaN)).isNaN();
  }

  private static float half(float value) {
    return Fp16Conversions.fp16ToFloat(Fp16Conversions.floatToFp16(value));
  }
}
