package dev.framelabel.tools.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.framelabel.event.TestEvents;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeliveryTallyTest {
  private final Map<String, String> truth = new HashMap<>(Map.of("frame-1", "sneaker"));
  private final DeliveryTally tally = new DeliveryTally(truth);

  @Test
  void add_oneOutcome_countsLabelAndLatency() {
    tally.add(TestEvents.labelled(), TestEvents.CAPTURED.plusMillis(250));
    assertThat(tally.labelled()).isEqualTo(1);
    assertThat(tally.accuracy()).isEqualTo(1);
    assertThat(tally.latencyMillis(0.5)).isEqualTo(250);
    assertThat(tally.meanBatchSize()).isCloseTo(8, within(1e-9));
    assertThat(tally.lost()).isZero();
    assertThat(tally.doubled()).isZero();
    assertThat(tally.framesPerSecond(TestEvents.CAPTURED)).isCloseTo(4, within(1e-9));
  }

  @Test
  void add_sameFrameTwice_isDoubled() {
    tally.add(TestEvents.labelled(), TestEvents.CAPTURED);
    tally.add(TestEvents.rejected(), TestEvents.CAPTURED);
    assertThat(tally.doubled()).isEqualTo(1);
    assertThat(tally.accounted()).isEqualTo(1);
  }

  @Test
  void add_frameThatNobodySent_isDoubled() {
    truth.clear();
    tally.add(TestEvents.labelled(), TestEvents.CAPTURED);
    assertThat(tally.doubled()).isEqualTo(1);
    assertThat(tally.labelled()).isZero();
  }

  @Test
  void lost_framesWithoutOutcome_areCounted() {
    truth.put("frame-2", "bag");
    tally.add(TestEvents.labelled(), TestEvents.CAPTURED.plus(Duration.ofSeconds(1)));
    assertThat(tally.lost()).isEqualTo(1);
  }

  @Test
  void report_json_hasTheDocumentedKeys() {
    DemoReport report = new DemoReport(2, 1, 0, 1, 0, 0.5, 1, 2, 3, 4, "m 1", "exactly-once");
    assertThat(report.exact()).isFalse();
    for (String key :
        ("produced labelled rejected lost doubled accuracy meanBatchSize framesPerSecond latencyMsP50"
                + " latencyMsP99 model delivery")
            .split(" ", -1)) {
      assertThat(report.toJson()).contains("\"" + key + "\" : ");
    }
    assertThat(report.toJson()).doesNotContain("exact\" :");
  }
}
