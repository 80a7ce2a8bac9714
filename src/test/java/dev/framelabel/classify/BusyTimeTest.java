package dev.framelabel.classify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BusyTimeTest {
  private final BusyTime busy = new BusyTime();

  @Test
  void nanos_twoAtATime_countOnce() {
    busy.begin(100);
    busy.begin(110);
    busy.end(130);
    busy.end(150);
    busy.begin(200);
    busy.end(205);
    assertThat(busy.nanos(300)).isEqualTo(55);
  }

  @Test
  void nanos_whatRunsNow_countsUpToNow() {
    assertThat(busy.nanos(50)).isZero();
    busy.begin(100);
    assertThat(busy.nanos(140)).isEqualTo(40);
    assertThat(busy.nanos(160)).isEqualTo(60);
  }
}
