package dev.framelabel.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class BatchPolicyTest {
  private final BatchPolicy policy = new BatchPolicy(4, 1_000);

  @Test
  void nanosLeft_emptyBatch_neverGoes() {
    assertThat(policy.nanosLeft(0, 0, 1_000_000)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void nanosLeft_fullBatch_goesAtOnce() {
    assertThat(policy.nanosLeft(4, 500, 500)).isZero();
  }

  @Test
  void nanosLeft_partialBatch_countsFromOldestArrival() {
    assertThat(policy.nanosLeft(1, 500, 700)).isEqualTo(800);
    assertThat(policy.nanosLeft(3, 500, 1_499)).isEqualTo(1);
    assertThat(policy.nanosLeft(3, 500, 1_500)).isZero();
    assertThat(policy.nanosLeft(3, 500, 9_999)).isZero();
  }

  @Test
  void nanosLeft_clockNearItsOverflow_stillCounts() {
    assertThat(policy.nanosLeft(1, Long.MAX_VALUE - 100, Long.MIN_VALUE + 99)).isEqualTo(800);
  }

  @Test
  void nanosLeft_noDelayAllowed_goesWithOne() {
    assertThat(new BatchPolicy(4, 0).nanosLeft(1, 500, 500)).isZero();
  }

  @Test
  void constructor_impossibleValues_saysFoundAndExpected() {
    assertThatThrownBy(() -> new BatchPolicy(0, 1))
        .hasMessageContaining("is 0; expected 1 or more");
    assertThatThrownBy(() -> new BatchPolicy(1, -1)).hasMessageContaining("-1 ns; expected 0");
  }
}
