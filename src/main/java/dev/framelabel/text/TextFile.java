package dev.framelabel.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reader of text files in UTF-8, with or without a byte-order mark, with any ends of lines. */
public final class TextFile {
  private static final char BYTE_ORDER_MARK = '\uFEFF';
  private static final int UTF_16_BIG = 0xFEFF;
  private static final int UTF_16_LITTLE = 0xFFFE;

  private TextFile() {}

  /**
   * Returns the text without its byte-order mark. Ends of lines stay as they are.
   *
   * @throws IOException if the file cannot be read
   * @throws IllegalArgumentException if it is not UTF-8; says where and what to do
   */
  public static String read(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
    int start = bytes.limit() < 2 ? 0 : Short.toUnsignedInt(bytes.getShort(0));
    if (start == UTF_16_BIG || start == UTF_16_LITTLE) {
      throw new IllegalArgumentException(
          file + " is UTF-16; expected UTF-8. " + conversion("UTF-16", file));
    }
    CharBuffer text = CharBuffer.allocate(bytes.limit());
    CoderResult result = UTF_8.newDecoder().decode(bytes, text, true);
    text.flip();
    if (result.isError()) {
      long line = 1 + text.chars().filter(c -> c == '\n').count();
      throw new IllegalArgumentException(
          "%s, line %d: found byte %02X, which is not UTF-8 but may be Latin-1 or of Windows; expected UTF-8. %s"
              .formatted(file, line, bytes.get(), conversion("WINDOWS-1252", file)));
    }
    return text.length() > 0 && text.charAt(0) == BYTE_ORDER_MARK
        ? text.subSequence(1, text.length()).toString()
        : text.toString();
  }

  private static String conversion(String from, Path file) {
    return "To convert it: iconv -f %s -t UTF-8 %s > %s.utf8".formatted(from, file, file);
  }
}
