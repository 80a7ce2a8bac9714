package dev.framelabel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The messages that docs/troubleshooting.md explains are those of the product. */
class TroubleshootingTest {
  private static final Pattern HEADING = Pattern.compile("^## `(.+)`$", Pattern.MULTILINE);

  /** A statement that holds a text: up to its semicolon outside of quotes. */
  private static final Pattern STATEMENT = Pattern.compile("(?:\"[^\"\\n]*\"|[^;\"])+");

  private static final Pattern LITERAL = Pattern.compile("\"([^\"\\n]*)\"");

  @Test
  void headings_areMessagesOfTheProduct() throws IOException {
    List<String> messages = messages();
    List<String> headings =
        HEADING
            .matcher(Files.readString(Path.of("docs/troubleshooting.md")))
            .results()
            .map(heading -> heading.group(1))
            .toList();
    assertThat(headings).hasSizeGreaterThan(10);
    for (String heading : headings) {
      Pattern wanted =
          Pattern.compile(
              Stream.of(heading.split("\\.\\.\\.", -1))
                  .map(part -> part.isEmpty() ? "" : Pattern.quote(part.strip()))
                  .collect(Collectors.joining(".*")));
      assertThat(messages).as(heading).anyMatch(message -> wanted.matcher(message).find());
    }
  }

  /** The texts of each statement of the product, with what is put between them left out. */
  private static List<String> messages() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .flatMap(file -> STATEMENT.matcher(read(file)).results())
          .map(
              statement ->
                  LITERAL
                      .matcher(statement.group())
                      .results()
                      .map(literal -> literal.group(1))
                      .collect(Collectors.joining()))
          .filter(text -> !text.isEmpty())
          .toList();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
