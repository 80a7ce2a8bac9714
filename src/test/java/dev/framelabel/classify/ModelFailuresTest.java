package dev.framelabel.classify;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.framelabel.model.ModelException;
import org.junit.jupiter.api.Test;

class ModelFailuresTest {
  private static final long MINUTE = ModelFailures.WINDOW_NANOS;

  private final ModelFailures failures = new ModelFailures();

  @Test
  void add_mostFramesOfAMinute_throwsAndSaysSo() {
    failures.add(100, 60, "NaN", 5);
    assertThatThrownBy(() -> failures.add(100, 60, "class 1 = NaN", 5 + MINUTE))
        .isInstanceOf(ModelException.class)
        .hasMessageContainingAll(
            "no probabilities for 120 of 200 frames of a minute", "class 1 = NaN");
  }

  @Test
  void add_fewFramesHoursApart_areNotOfOneMinute() {
    failures.add(16, 16, "NaN", 0);
    assertThatCode(() -> failures.add(16, 1, "NaN", 60 * MINUTE)).doesNotThrowAnyException();
  }

  @Test
  void add_halfOfTheFrames_goesOn() {
    failures.add(100, 100, "NaN", 0);
    failures.add(100, 0, "", MINUTE);
    assertThatCode(() -> failures.add(100, 40, "NaN", 3 * MINUTE)).doesNotThrowAnyException();
  }

  @Test
  void add_allOfAFewFrames_goesOn() {
    for (long minute = 0; minute < 100; minute++) {
      failures.add(ModelFailures.FEW, ModelFailures.FEW, "NaN", 2 * minute * MINUTE);
      failures.add(0, 0, "", (2 * minute + 1) * MINUTE);
    }
  }

  @Test
  void add_eachMinute_countsAnew() {
    failures.add(1_000, 1_000, "NaN", 0);
    failures.add(1_001, 0, "", MINUTE);
    failures.add(100, 90, "NaN", MINUTE + 1);
    assertThatThrownBy(() -> failures.add(0, 0, "NaN", 2 * MINUTE + 1))
        .hasMessageContaining("90 of 100 frames");
  }
}
