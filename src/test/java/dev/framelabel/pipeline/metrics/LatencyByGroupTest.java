package dev.framelabel.pipeline.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.Test;

class LatencyByGroupTest {
  private final Map<String, Histogram> registered = new TreeMap<>();
  private final LatencyByGroup latency = new LatencyByGroup(new Groups());

  @Test
  void add_framesOfTwoGroups_areKeptApart() {
    latency.add(Map.of("group", "gate"), 10);
    latency.add(Map.of("group", "gate"), 30);
    latency.add(Map.of("site", "x"), 500);
    assertThat(registered).containsOnlyKeys("gate", "none");
    assertThat(registered.get("gate").getStatistics().getMax()).isEqualTo(30);
    assertThat(registered.get("none").getCount()).isEqualTo(1);
  }

  @Test
  void add_moreGroupsThanAllowed_countAsOther() {
    for (int i = 0; i < 100; i++) {
      latency.add(Map.of("group", "g" + i), 1);
    }
    assertThat(registered).hasSize(LatencyByGroup.MOST_GROUPS + 1).containsKey("other");
    assertThat(registered.get("other").getCount()).isEqualTo(100 - LatencyByGroup.MOST_GROUPS);
  }

  /** Remembers what is registered under which group. */
  private final class Groups extends UnregisteredMetricsGroup {
    @Override
    public MetricGroup addGroup(String key, String value) {
      return new UnregisteredMetricsGroup() {
        @Override
        public <H extends Histogram> H histogram(String name, H histogram) {
          registered.put(value, histogram);
          return histogram;
        }
      };
    }
  }
}
