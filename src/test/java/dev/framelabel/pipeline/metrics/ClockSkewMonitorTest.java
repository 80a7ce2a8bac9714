package dev.framelabel.pipeline.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.Test;

class ClockSkewMonitorTest {
  private final Map<String, Counter> counters = new HashMap<>();
  private final Instant now = Instant.parse("2026-01-31T12:00:00Z");
  private final ClockSkewMonitor watch =
      new ClockSkewMonitor(
          new UnregisteredMetricsGroup() {
            @Override
            public Counter counter(String name) {
              return counters.computeIfAbsent(name, key -> new SimpleCounter());
            }
          });

  @Test
  void see_clocksThatCannotBeRight_areCounted() {
    watch.see("right", now.minusSeconds(2), now);
    watch.see("nearly", now.plusSeconds(30), now);
    assertThat(counters.get("cameraClockAhead").getCount()).isZero();
    watch.see("ahead", now.plus(Duration.ofHours(2)), now);
    watch.see("behind", now.minus(Duration.ofHours(24)), now);
    watch.see("behind", now.minus(Duration.ofHours(24)), now);
    assertThat(counters.get("cameraClockAhead").getCount()).isEqualTo(1);
    assertThat(counters.get("cameraClockBehind").getCount()).isEqualTo(2);
  }
}
