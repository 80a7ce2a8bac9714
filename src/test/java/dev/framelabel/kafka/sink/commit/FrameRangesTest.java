package dev.framelabel.kafka.sink.commit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.config.FrameOffsets;
import dev.framelabel.event.SourcePosition;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrameRangesTest {
  private static final String TOPIC = "frames-of-site-7";

  @Test
  void add_neighbours_areOneRange() {
    FrameRanges ranges = new FrameRanges();
    List.of(at(1, 5), at(0, 7), at(0, 8), at(0, 9), at(0, 11)).forEach(ranges::add);
    assertThat(ranges).hasToString(TOPIC + "-0@7..9," + TOPIC + "-0@11," + TOPIC + "-1@5");
    assertThat(ranges.count()).isEqualTo(5);
  }

  @Test
  void text_ofManyRanges_isComplete_andWhatFrameOffsetsTakes() {
    FrameRanges ranges = new FrameRanges();
    for (int i = 0; i < 50; i++) {
      ranges.add(at(0, 2L * i));
    }
    assertThat(FrameOffsets.parse(ranges.text())).hasToString(ranges.text());
    assertThat(FrameOffsets.parse(ranges.text()).ranges()).hasSize(50);
    assertThat(ranges.toString()).endsWith(TOPIC + "-0@38 and 30 more ranges");
  }

  private static SourcePosition at(int partition, long offset) {
    return new SourcePosition(TOPIC, partition, offset);
  }
}
