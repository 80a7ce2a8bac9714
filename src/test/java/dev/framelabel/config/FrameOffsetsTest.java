package dev.framelabel.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FrameOffsetsTest {
  @Test
  void parse_topicWithPointsAndHyphens_isWhatToStringWrites() {
    FrameOffsets offsets = FrameOffsets.parse("site-7.frames-1@5, site-7.frames-0@17..42");
    assertThat(offsets.ranges())
        .containsExactly(
            new FrameOffsets.Range("site-7.frames", 0, 17, 42),
            new FrameOffsets.Range("site-7.frames", 1, 5, 5));
    assertThat(offsets).hasToString("site-7.frames-0@17..42,site-7.frames-1@5");
    assertThat(FrameOffsets.parse(offsets.toString())).isEqualTo(offsets);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "frames-0 | is not a range",
        "frames@5 | is not a range",
        "frames-0@5.7 | is not a range",
        "frames-0@-5 | is not a range",
        "frames-0@5.. | is not a range",
        "frames-0@5 frames-0@6 | is not a range",
        "frames-0@5, | is not a range",
        "frames-0@99999999999999999999 | is not a range",
        "frames-0@7..5 | LAST not below FIRST",
        "frames-0@5..9,frames-0@9 | frames-0@5..9 and frames-0@9 overlap"
      })
  void parse_noRange_saysFoundAndExpected(String text, String message) {
    assertThatThrownBy(() -> FrameOffsets.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message)
        .hasMessageContaining("expected");
  }
}
