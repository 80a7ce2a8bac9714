package dev.framelabel.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FieldLimitsTest {
  @Property
  void utf8Bytes_anyText_isNoLessThanItTakes(@ForAll String text) {
    int real = text.getBytes(UTF_8).length;
    assertThat(FieldLimits.utf8Bytes(text)).isGreaterThanOrEqualTo(real);
    if (UTF_8.newEncoder().canEncode(text)) {
      assertThat(FieldLimits.utf8Bytes(text)).isEqualTo(real);
    }
  }

  /** Of any Unicode: a cut one is within the limit, and no pair of surrogates is torn. */
  @Property(tries = 300)
  void cutId_anyText_isWithinTheLimitAndValid(@ForAll @StringLength(max = 2_000) String text) {
    String cut = FieldLimits.cutId(text);
    assertThat(FieldLimits.utf8Bytes(cut)).isLessThanOrEqualTo(FieldLimits.ID_BYTES);
    assertThat(FieldLimits.cutId(cut)).isEqualTo(cut);
    if (UTF_8.newEncoder().canEncode(text)) {
      assertThat(UTF_8.newEncoder().canEncode(cut)).isTrue();
      assertThat(UTF_8.newEncoder().canEncode(FieldLimits.cutReason(text))).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "ä", "\uD83D\uDE00", "\uD83D", "a\uDE00"})
  void cutId_long_isItsFirst200CharactersAndASha256(String character) {
    String id = character.repeat(600_000);
    String cut = FieldLimits.cutId(id);
    int kept = id.offsetByCodePoints(0, 200);
    assertThat(cut)
        .startsWith(id.substring(0, kept))
        .matches("(?s).*\\.\\.\\. sha256=[0-9a-f]{64}");
    assertThat(cut).hasSize(kept + "... sha256=".length() + 64);
    assertThat(FieldLimits.cutId(id + "y")).isNotEqualTo(cut);
  }

  @Test
  void cutReason_long_keepsItsBeginningAndItsEnd() {
    String reason = "image URI '" + "x".repeat(5_000) + "' is in none of --image-uri-prefixes";
    assertThat(FieldLimits.cutReason(reason))
        .startsWith("image URI 'xxx")
        .contains("characters left out")
        .endsWith("is in none of --image-uri-prefixes")
        .hasSizeLessThan(1_100);
    assertThat(FieldLimits.cutReason("short")).isEqualTo("short");
  }

  @Test
  void rejectedFrame_ofAnyIdsAndReason_hasThemCut() {
    RejectedFrame rejected =
        new RejectedFrame(
            RejectionKind.INVALID_EVENT,
            "r".repeat(1_000_000),
            "c".repeat(1_000_000),
            "f".repeat(1_000_000),
            Optional.empty(),
            TestEvents.SOURCE,
            RejectedFrame.Content.EVENT,
            Bytes.EMPTY,
            Map.of(),
            Map.of());
    assertThat(rejected.reason()).hasSizeLessThan(1_100);
    assertThat(rejected.cameraId()).hasSizeLessThan(300);
    assertThat(rejected.frameId()).hasSizeLessThan(300);
  }
}
