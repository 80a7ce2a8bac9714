package dev.framelabel.docs;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A table in Markdown. */
final class MarkdownTable {
  private static final Pattern CODE =
      Pattern.compile("(?<!\\w)'([^']+)'(?!\\w)|(?<![\\w`-])(--[a-z][a-z0-9-]*)(?!`)");

  private final List<String> lines = new ArrayList<>();

  MarkdownTable(String... columns) {
    row(columns);
    lines.add("|" + String.join("|", Collections.nCopies(columns.length, "---")) + "|");
  }

  /** Adds a row; the cells are Markdown. */
  void row(String... cells) {
    StringBuilder line = new StringBuilder("|");
    for (String cell : cells) {
      line.append(cell.isEmpty() ? " " : " " + cell.replace("|", "\\|") + " ").append('|');
    }
    lines.add(line.toString());
  }

  /** Returns text as code, or nothing for no text. */
  static String code(String text) {
    return text.isEmpty() ? "" : "`" + text + "`";
  }

  /** Returns a text of the code as Markdown: options and what is in single quotes become code. */
  static String prose(String text) {
    return CODE.matcher(text)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    "`" + (found.group(1) == null ? found.group(2) : found.group(1)) + "`"))
        .replace("<", "&lt;");
  }

  /** Returns the table with its last line end. */
  @Override
  public String toString() {
    return String.join("\n", lines) + "\n";
  }
}
