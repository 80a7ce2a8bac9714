package dev.framelabel.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a model file says of its samples is checked before it is believed. */
class SampleTest {
  private static final Sample FINE = new Sample(new byte[] {1, 2, 3}, new float[] {0.9f, 0.1f});

  @TempDir private Path folder;

  @Test
  void parse_whatToJsonWrote_isTheSame() {
    float third = 1 / 3f;
    Sample sample = new Sample(new byte[] {-1, 0, 1}, new float[] {third, 1 - third, 1.2e-9f});
    List<Sample> read = Sample.parse(Sample.toJson(List.of(sample)), 3);
    assertThat(read).hasSize(1);
    assertThat(read.get(0).jpeg()).isEqualTo(sample.jpeg());
    assertThat(read.get(0).probabilities()).isEqualTo(sample.probabilities());
    assertThat(Sample.parse(null, 3)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "no JSON | no JSON array",
        "{} | no JSON array",
        "null | too many",
        "[null] | nothing",
        "[{}] | no JSON array",
        "[{\"jpeg\": \"AAAA\"}] | no JSON array",
        "[{\"jpeg\": \"*\", \"probabilities\": [0.9, 0.1]}] | no JSON array",
        "[{\"jpeg\": \"AAAA\", \"probabilities\": [0.9]}] | 1 probabilities; expected 2",
        "[{\"jpeg\": \"AAAA\", \"probabilities\": [0.9, \"NaN\"]}] | probability NaN",
        "[{\"jpeg\": \"AAAA\", \"probabilities\": [1e9, 0]}] | probability 1.0E9",
        "[{\"jpeg\": \"AAAA\", \"probabilities\": [0.9, 0.1]} | no JSON array",
      })
  void parse_damaged_isRefused(String text, String message) {
    refused(text, message);
  }

  @Test
  void parse_hugeOrTooMany_isRefused() {
    refused(" ".repeat(2 << 20), "characters; expected at most 1048576");
    refused("[".repeat(1 << 20), "no JSON array");
    String jpeg = "A".repeat(100_000);
    refused("[{\"jpeg\": \"" + jpeg + "\", \"probabilities\": [1, 0]}]", "75000 bytes");
    assertThatThrownBy(() -> Sample.toJson(Collections.nCopies(33, FINE)))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("too many; expected at most 32");
    assertThat(Sample.parse(Sample.toJson(Collections.nCopies(32, FINE)), 2)).hasSize(32);
  }

  private static void refused(String text, String message) {
    assertThatThrownBy(() -> Sample.parse(text, 2))
        .isInstanceOf(ModelException.class)
        .hasMessageContainingAll("framelabel.samples", message);
  }

  @Test
  void open_metadataOfManyMegabytes_isRefusedBeforeItIsRead() throws IOException {
    Path file = Files.copy(TestModels.colour(), folder.resolve("large.onnx"));
    byte[] entry = "x".repeat(9 << 20).getBytes(StandardCharsets.US_ASCII);
    for (int copy = 0; copy < 2; copy++) {
      Files.write(file, header(entry.length), StandardOpenOption.APPEND);
      Files.write(file, entry, StandardOpenOption.APPEND);
    }
    assertThatThrownBy(() -> new OnnxLabelModel(file, SessionSettings.onCpu(1)))
        .isInstanceOf(ModelException.class)
        .hasMessageContainingAll("large.onnx", "of metadata; expected at most 16777216");
  }

  /** The tags and lengths of one metadata entry that has only a value. */
  private static byte[] header(int length) {
    byte[] value = concat((byte) (2 << 3 | 2), length);
    byte[] entry = concat((byte) (14 << 3 | 2), length + value.length);
    byte[] both = Arrays.copyOf(entry, entry.length + value.length);
    System.arraycopy(value, 0, both, entry.length, value.length);
    return both;
  }

  private static byte[] concat(byte tag, int length) {
    return new byte[] {
      tag,
      (byte) (length | 0x80),
      (byte) (length >> 7 | 0x80),
      (byte) (length >> 14 | 0x80),
      (byte) (length >> 21 & 0x7F)
    };
  }

  @Test
  void margin_isBetweenTheFirstTwoClasses() {
    assertThat(new Sample(new byte[0], new float[] {0.2f, 0.7f, 0.1f}).margin())
        .isEqualTo(0.7f - 0.2f);
    assertThat(new Sample(new byte[0], new float[] {0.2f}).margin()).isEqualTo(1);
  }
}
