package dev.framelabel.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FrameTest {
  @Test
  void toString_largeImage_isShort() {
    assertThat(TestEvents.frame("f", new byte[1_000_000]).toString())
        .isEqualTo("Frame[f of Kamera Süd 7, 1000000 bytes, frames-3@4711]");
    assertThat(
            TestEvents.frame("f", new byte[1_000_000]).reject(RejectionKind.CORRUPT_IMAGE, "cut"))
        .asString()
        .hasSizeLessThan(200);
  }

  @Test
  void constructor_attributesOfTheCaller_areCopied() {
    Map<String, String> attributes = new HashMap<>(Map.of("a", "1"));
    Frame frame =
        new Frame(
            "c",
            "f",
            TestEvents.CAPTURED,
            Image.encoded(new byte[1]),
            attributes,
            TestEvents.SOURCE);
    attributes.put("b", "2");
    assertThat(frame.attributes()).containsExactlyEntriesOf(Map.of("a", "1"));
  }

  @Test
  void constructor_emptyIds_areRefused() {
    assertThatThrownBy(() -> TestEvents.frame("", new byte[1]))
        .hasMessage("frameId is empty; expected a name");
  }

  @Test
  void reject_frame_keepsAllOfIt() {
    RejectedFrame rejected = TestEvents.rejected();
    assertThat(rejected.original().array()).containsExactly(1, 2, 3, -1);
    assertThat(rejected.content()).isEqualTo(RejectedFrame.Content.IMAGE);
    assertThat(rejected.attributes()).isEqualTo(TestEvents.frame().attributes());
    assertThat(rejected.capturedAt()).contains(TestEvents.CAPTURED);
  }
}
