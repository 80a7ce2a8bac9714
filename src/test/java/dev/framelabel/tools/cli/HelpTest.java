package dev.framelabel.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Every command's help shows an example, which it takes. */
class HelpTest {
  private static final String PREFIX = "framelabel ";

  @Test
  void commands_eachShowsAnExampleOfItself() {
    List<CommandLine> commands = new ArrayList<>();
    collect(FramelabelCommand.line(Map.of()), commands);
    assertThat(commands).hasSizeGreaterThan(15);
    for (CommandLine command : commands) {
      String name = command.getCommandSpec().qualifiedName();
      List<String> examples =
          Stream.of(command.getCommandSpec().usageMessage().footer())
              .filter(line -> line.contains(name))
              .map(line -> line.substring(line.indexOf(PREFIX) + PREFIX.length()))
              .toList();
      assertThat(examples).as(name).isNotEmpty();
      for (String example : examples) {
        assertThatCode(() -> parse(example)).as(example).doesNotThrowAnyException();
      }
    }
  }

  private static void collect(CommandLine command, List<CommandLine> leaves) {
    if (command.getSubcommands().isEmpty()) {
      leaves.add(command);
    }
    command.getSubcommands().values().forEach(one -> collect(one, leaves));
  }

  private static void parse(String example) {
    String[] words =
        Stream.of(example.replace(")", "").replace("'6 h'", "6h").split(" +", -1))
            // The file of the example is not there.
            .map(word -> word.equals("framelabel.yaml") ? "" : word)
            .toArray(String[]::new);
    CommandLine.ParseResult ignored = FramelabelCommand.line(Map.of(), words).parseArgs(words);
  }
}
