package dev.framelabel.classify;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutputCheckTest {
  private final OutputCheck check = new OutputCheck(List.of("a", "b"));

  @ParameterizedTest
  @ValueSource(floats = {0, 1, 0.5f, Float.MIN_VALUE, -0f, 1.004f, -0.004f})
  void fault_probability_isNone(float value) {
    assertThat(check.fault(FloatBuffer.wrap(new float[] {0.5f, value}), 0)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      floats = {
        Float.NaN,
        Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY,
        Float.MAX_VALUE,
        -Float.MAX_VALUE,
        1.5f,
        -0.5f
      })
  void fault_anythingElse_namesClassAndValue(float value) {
    assertThat(check.fault(FloatBuffer.wrap(new float[] {0, 0, 0.5f, value}), 1))
        .isEqualTo(
            "1 of 2 outputs of the model are no probabilities: class 1 'b' = "
                + value
                + "; expected numbers from 0 to 1");
  }

  @Test
  void fault_manyClassesWithLongNames_isCut() {
    float[] row = new float[21_000];
    Arrays.fill(row, Float.NaN);
    OutputCheck wide = new OutputCheck(Collections.nCopies(row.length, "x".repeat(10_000)));
    assertThat(wide.fault(FloatBuffer.wrap(row), 0))
        .startsWith("21000 of 21000 outputs")
        .contains("class 4 'xxx", ", ...;")
        .doesNotContain("class 5")
        .hasSizeLessThan(500);
  }
}
