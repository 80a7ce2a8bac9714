package dev.framelabel.tools.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.framelabel.event.TestEvents;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class DeliveryTallyTest {
  /** The frame of {@link TestEvents} is at offset 4711 of partition 3. */
  private static final Map<TopicPartition, Long> ENDS = ends(4712);

  private final DeliveryTally tally =
      new DeliveryTally(id -> id.equals("frame-1") ? Optional.of("sneaker") : Optional.empty());

  @Test
  void add_oneOutcome_countsLabelAndLatency() {
    tally.add(TestEvents.labelled(), TestEvents.CAPTURED.plusMillis(250));
    assertThat(tally.labelled()).isEqualTo(1);
    assertThat(tally.accuracy()).contains(1.0);
    assertThat(tally.latencyMillis(0.5)).isEqualTo(250);
    assertThat(tally.meanBatchSize()).isCloseTo(8, within(1e-9));
    assertThat(tally.lost(ENDS)).isEqualTo(4711);
    assertThat(tally.doubled(ENDS)).isZero();
    assertThat(tally.framesPerSecond(TestEvents.CAPTURED)).isCloseTo(4, within(1e-9));
  }

  @Test
  void add_sameFrameTwice_isDoubled() {
    tally.add(TestEvents.labelled(), TestEvents.CAPTURED);
    tally.add(TestEvents.rejected(), TestEvents.CAPTURED);
    assertThat(tally.doubled(ENDS)).isEqualTo(1);
    assertThat(tally.accounted()).isEqualTo(1);
  }

  @Test
  void add_frameThatNobodySent_isDoubled() {
    tally.add(TestEvents.labelled(), TestEvents.CAPTURED);
    assertThat(tally.doubled(ends(4711))).isEqualTo(1);
    assertThat(tally.lost(ends(4711))).isEqualTo(4711);
  }

  @Test
  void accuracy_withoutTruth_isEmpty() {
    DeliveryTally unknown = new DeliveryTally(id -> Optional.empty());
    unknown.add(TestEvents.labelled(), TestEvents.CAPTURED);
    assertThat(unknown.accuracy()).isEmpty();
  }

  @Test
  void cameras_haveLabelsAndRejectionsByKind() {
    tally.add(TestEvents.labelled(), TestEvents.CAPTURED);
    assertThat(tally.cameras())
        .singleElement()
        .satisfies(
            camera -> {
              assertThat(camera.frames()).isEqualTo(1);
              assertThat(camera.newestLabel()).startsWith("sneaker ");
              assertThat(camera.commonestLabel()).isEqualTo("sneaker (1 frames)");
            });
    DeliveryTally bad = new DeliveryTally(id -> Optional.empty());
    bad.add(TestEvents.rejected(), TestEvents.CAPTURED);
    assertThat(bad.cameras().get(0).rejected())
        .containsOnly(Map.entry(TestEvents.rejected().kind().name(), 1L));
  }

  @Test
  void report_json_hasTheDocumentedKeys() {
    DemoReport report =
        new DemoReport(2, 1, 0, 1, 0, 0.5, 1, 2, 3, 4, "m 1", "exactly-once", tally.cameras());
    assertThat(report.exact()).isFalse();
    for (String key :
        ("produced labelled rejected lost doubled accuracy meanBatchSize framesPerSecond latencyMsP50"
                + " latencyMsP99 model delivery cameras")
            .split(" ", -1)) {
      assertThat(report.toJson()).contains("\"" + key + "\" : ");
    }
    assertThat(report.toJson()).doesNotContain("exact\" :");
  }

  private static Map<TopicPartition, Long> ends(long offset) {
    return Map.of(new TopicPartition("frames", 3), offset);
  }
}
