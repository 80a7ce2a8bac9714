package dev.framelabel.pipeline.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DeviceBusyRatioTest {
  private final AtomicLong busy = new AtomicLong(700);
  private final AtomicLong clock = new AtomicLong(1000);

  @Test
  void update_partOfTheInterval_isTheRatioOfThatIntervalAlone() {
    DeviceBusyRatio ratio = new DeviceBusyRatio(busy::get, clock::get);
    assertThat(ratio.getValue()).isZero();
    pass(100, 100, ratio);
    assertThat(ratio.getValue()).isEqualTo(1);
    pass(100, 40, ratio);
    assertThat(ratio.getValue()).isEqualTo(0.4);
  }

  @Test
  void update_moreThanTheInterval_isNotMoreThanOne() {
    DeviceBusyRatio ratio = new DeviceBusyRatio(busy::get, clock::get);
    pass(100, 150, ratio);
    assertThat(ratio.getValue()).isEqualTo(1);
  }

  @Test
  void update_noTimePassed_keepsTheValue() {
    DeviceBusyRatio ratio = new DeviceBusyRatio(busy::get, clock::get);
    pass(100, 30, ratio);
    pass(0, 0, ratio);
    assertThat(ratio.getValue()).isEqualTo(0.3);
  }

  private void pass(long nanos, long busyNanos, DeviceBusyRatio ratio) {
    clock.addAndGet(nanos);
    busy.addAndGet(busyNanos);
    ratio.update();
  }
}
