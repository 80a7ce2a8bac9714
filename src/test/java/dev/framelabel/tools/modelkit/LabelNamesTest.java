package dev.framelabel.tools.modelkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.framelabel.model.ModelException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LabelNamesTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tench\ngoldfish\n",
        "tench\r\n goldfish \r\n\r\n",
        "\uFEFFtench\r\ngoldfish\r\n",
        "[\"tench\", \"goldfish\"]",
        "\uFEFF[\"tench\", \"goldfish\"]",
        "{\"1\": [\"n01443537\", \"goldfish\"], \"0\": [\"n01440764\", \"tench\"]}",
      })
  void read_linesArrayOrClassIndexOfKeras_areTheNamesInOrder(String text) throws IOException {
    assertThat(LabelNames.read(file(text))).containsExactly("tench", "goldfish");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a\n\nb", "{\"0\": [\"n0\", \"a\"], \"2\": [\"n2\", \"b\"]}", "[1, 2]", "{"})
  void read_withoutANameForEachClass_isRefused(String text) throws IOException {
    Path file = file(text);
    assertThatThrownBy(() -> LabelNames.read(file))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void read_utf8OfWindows_hasNoByteOrderMarkInAName() throws Exception {
    Path file = Path.of(getClass().getResource("/modelkit/labels-crlf-bom.txt").toURI());
    assertThat(LabelNames.read(file)).containsExactly("a", "b", "c", "d", "e");
  }

  @Test
  void read_latin1_isRefusedWithTheCure() throws IOException {
    Path file = folder.resolve("latin.txt");
    Files.write(file, "T\u00fcr\nTor\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> LabelNames.read(file))
        .isInstanceOf(ModelException.class)
        .hasMessageContainingAll(
            "latin.txt, line 1: found byte FC", "not UTF-8", "Latin-1", "iconv");
  }

  @Test
  void read_missing_isRefused() {
    assertThatThrownBy(() -> LabelNames.read(folder.resolve("none.txt")))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("none.txt");
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("labels"), text);
  }
}
