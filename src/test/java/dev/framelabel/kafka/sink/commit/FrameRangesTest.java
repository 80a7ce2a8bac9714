package dev.framelabel.kafka.sink.commit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.event.SourcePosition;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FrameRangesTest {
  private static final String TOPIC = "frames-of-site-7";

  @Test
  void without_topicWithHyphens_everyOtherPositionInOrder() {
    FrameRanges ranges = new FrameRanges();
    List.of(at(1, 5), at(0, 8), at(0, 9), at(1, 6), at(0, 3)).forEach(ranges::add);
    assertThat(ranges.without(Set.of(at(0, 9))))
        .containsExactly(at(0, 3), at(0, 8), at(1, 5), at(1, 6));
  }

  @Test
  void of_anyOrder_joinsNeighbours() {
    FrameRanges ranges = FrameRanges.of(List.of(at(0, 9), at(1, 1), at(0, 7), at(0, 8)));
    assertThat(ranges).hasToString(TOPIC + "-0@7..9, " + TOPIC + "-1@1");
    assertThat(ranges.count()).isEqualTo(4);
  }

  private static SourcePosition at(int partition, long offset) {
    return new SourcePosition(TOPIC, partition, offset);
  }
}
