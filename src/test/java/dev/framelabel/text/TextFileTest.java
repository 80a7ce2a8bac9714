package dev.framelabel.text;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextFileTest {
  @TempDir private Path folder;

  @Test
  void read_byteOrderMark_isNoPartOfTheText() throws IOException {
    assertThat(TextFile.read(file("\uFEFFa: ü\r\nb\uFEFF".getBytes(UTF_8))))
        .isEqualTo("a: ü\r\nb\uFEFF");
    assertThat(TextFile.read(file("\uFEFF".getBytes(UTF_8)))).isEmpty();
    assertThat(TextFile.read(file(new byte[0]))).isEmpty();
    assertThat(TextFile.read(file(new byte[] {'a'}))).isEqualTo("a");
  }

  @Test
  void read_latin1_saysWhereAndWhatToDo() throws IOException {
    Path file = file("one\r\ntwo\r\nK\u00F6ln\r\n".getBytes(ISO_8859_1));
    assertThatThrownBy(() -> TextFile.read(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            file
                + ", line 3: found byte F6, which is not UTF-8 but may be Latin-1 or of Windows;"
                + " expected UTF-8. To convert it: iconv -f WINDOWS-1252 -t UTF-8 "
                + (file + " > " + file + ".utf8"));
  }

  /** A character that is cut at the end, too. */
  @Test
  void read_latin1AtTheEnd_isRefused() throws IOException {
    Path file = file("a\n\u00C3".getBytes(ISO_8859_1));
    assertThatThrownBy(() -> TextFile.read(file)).hasMessageContaining("line 2: found byte C3");
  }

  @Test
  void read_utf16_isNamed() throws IOException {
    for (String charset : new String[] {"UTF-16", "x-UTF-16LE-BOM"}) {
      Path file = file("one".getBytes(charset));
      assertThatThrownBy(() -> TextFile.read(file))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll("is UTF-16; expected UTF-8", "iconv -f UTF-16 -t UTF-8");
    }
    assertThat("one".getBytes(UTF_16)).startsWith(0xFE, 0xFF);
  }

  @Test
  void read_missing_isAnIoException() {
    assertThatThrownBy(() -> TextFile.read(folder.resolve("none")))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Property(tries = 300)
  void read_anyText_isAsItWasWritten(@ForAll String any) throws IOException {
    String text = new String(any.getBytes(UTF_8), UTF_8);
    Path file = Files.createTempFile("text", "");
    try {
      assertThat(TextFile.read(Files.writeString(file, "\uFEFF" + text))).isEqualTo(text);
    } finally {
      Files.delete(file);
    }
  }

  private Path file(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("file"), bytes);
  }
}
