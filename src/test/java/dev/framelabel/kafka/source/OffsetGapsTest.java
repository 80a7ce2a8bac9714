package dev.framelabel.kafka.source;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.SimpleCounter;
import org.junit.jupiter.api.Test;

class OffsetGapsTest {
  @Test
  void see_offsetsLeftOut_countsThemForEachPartition() {
    Counter skipped = new SimpleCounter();
    OffsetGaps gaps = new OffsetGaps(skipped);
    gaps.see("frames", 0, 100);
    gaps.see("frames", 1, 7);
    gaps.see("frames", 0, 101);
    assertThat(skipped.getCount()).isZero();
    gaps.see("frames", 0, 150);
    gaps.see("frames", 1, 9);
    assertThat(skipped.getCount()).isEqualTo(48 + 1);
    gaps.see("frames", 0, 151);
    assertThat(skipped.getCount()).isEqualTo(49);
  }
}
