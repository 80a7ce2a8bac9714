package dev.framelabel.tools.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StatisticsTest {
  @Test
  void median_oddAndEvenNumber_isTheMiddle() {
    assertThat(Statistics.median(new double[] {9, 1, 4})).isEqualTo(4);
    assertThat(Statistics.median(new double[] {9, 1, 4, 6})).isEqualTo(5);
  }

  @Test
  void quantiles_betweenValues_areInterpolatedAndLeaveTheValues() {
    double[] values = {40, 10, 30, 20, 50};
    assertThat(Statistics.quantiles(values, 0, 0.25, 0.5, 0.9, 1))
        .containsExactly(10, 20, 30, 46, 50);
    assertThat(values).containsExactly(40, 10, 30, 20, 50);
    assertThat(Statistics.quantiles(new double[] {7}, 0, 0.99, 1)).containsExactly(7, 7, 7);
  }

  @Test
  void spread_isOfTheMedian_andLeavesTheValues() {
    double[] values = {9, 1, 4};
    assertThat(Statistics.spread(values)).isEqualTo(2);
    assertThat(values).containsExactly(9, 1, 4);
    assertThat(Statistics.spread(new double[] {5})).isZero();
  }
}
