package dev.framelabel.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.docs.SourceMessages.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * docs/reference/messages.md lists the messages of the product, and no others. A row of its tables
 * begins with a message, or with so much of it that it is like no other.
 */
class MessagesPageTest {
  private static final Path PAGE = Path.of("docs/reference/messages.md");
  private static final Pattern ROW = Pattern.compile("^\\| `([^`]+)` \\|", Pattern.MULTILINE);
  private static final Pattern SECTION = Pattern.compile("^## (.+)$", Pattern.MULTILINE);
  private static final Pattern NAMED =
      Pattern.compile("(?:the runbook|(docs/\\S+\\.md)), section '([^']+)'");
  private static final String RUNBOOK = "docs/guides/runbook.md";
  private static final int FEWEST_LETTERS = 8;

  /** Where the source has no word of a message: who makes its text. */
  private static final Map<String, String> MADE_ELSEWHERE =
      Map.of(
          "GuardedCommitter: \"{}\"", "story() and whyNot(), whose texts have rows of their own",
          "RestoredState: LOG::warn", "story() of the same class, which has a row of its own",
          "TransactionChecks: found", "a variable of the same method, which has a row of its own",
          "Preflight: fault", "KafkaOptions.isolationFault(), which has a row of its own",
          "Doctor: String.valueOf(e.getMessage())", "the model or the cluster: rows of their own",
          "CameraChecks: String.valueOf(e.getMessage())", "the camera: rows of their own",
          "ClusterChecks: found", "a variable of the same method, which has a row of its own");

  private static SourceMessages source;
  private static List<String> rows;

  @BeforeAll
  static void read() throws IOException {
    source = SourceMessages.read(Path.of("src/main/java"));
    rows = ROW.matcher(Files.readString(PAGE)).results().map(row -> row.group(1)).toList();
  }

  @Test
  void source_hasEveryMessageOfThePage() {
    assertThat(rows).hasSizeGreaterThan(source.messages().size()).doesNotHaveDuplicates();
    assertThat(rows)
        .allSatisfy(
            row -> {
              assertThat(row.chars().filter(Character::isLetter).count())
                  .isGreaterThan(FEWEST_LETTERS);
              assertThat(source.texts()).anyMatch(text -> isPartOf(row, text));
            });
  }

  @Test
  void page_hasEveryMessageOfTheSource() {
    List<String> missing =
        source.messages().stream()
            .filter(message -> !message.isMadeElsewhere())
            .filter(message -> rows.stream().noneMatch(row -> isPartOf(row, message.text())))
            .map(message -> message.place() + ": " + message.text())
            .toList();
    assertThat(missing).isEmpty();
  }

  @Test
  void page_hasARowForOneMessageOnly() {
    assertThat(rows)
        .allSatisfy(
            row ->
                assertThat(
                        source.messages().stream()
                            .map(Message::text)
                            .filter(text -> isPartOf(row, text))
                            .distinct())
                    .hasSizeLessThan(2));
  }

  @Test
  void messages_madeElsewhere_haveAReason() {
    assertThat(
            source.messages().stream()
                .filter(Message::isMadeElsewhere)
                .map(Message::place)
                .distinct())
        .containsExactlyInAnyOrderElementsOf(MADE_ELSEWHERE.keySet());
  }

  @Test
  void sections_thatMessagesName_areOnTheirPages() throws IOException {
    List<MatchResult> named =
        source.texts().stream().flatMap(text -> NAMED.matcher(text).results()).toList();
    assertThat(named).hasSizeGreaterThan(source.messages().size() / 3);
    for (MatchResult section : named) {
      Path page = Path.of(section.group(1) == null ? RUNBOOK : section.group(1));
      assertThat(SECTION.matcher(Files.readString(page)).results().map(found -> found.group(1)))
          .as(section.group())
          .anyMatch(heading -> heading.startsWith(section.group(2)));
    }
  }

  /** Whether a text of the source has the words of a row, in that order. */
  private static boolean isPartOf(String row, String text) {
    return Pattern.compile(
            Stream.of(row.split(Pattern.quote(SourceMessages.GAP), -1))
                .map(words -> words.isEmpty() ? "" : Pattern.quote(words.strip()))
                .collect(Collectors.joining(".*")))
        .matcher(text)
        .find();
  }
}
