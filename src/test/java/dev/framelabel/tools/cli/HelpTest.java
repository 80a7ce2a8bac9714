package dev.framelabel.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.framelabel.config.JobArguments;
import dev.framelabel.config.Option;
import dev.framelabel.config.Options;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;

/** Help shows an example of each command, and a label and a description of each option. */
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

  @Test
  void options_eachHasALabelAndADescription() {
    List<CommandLine> commands = new ArrayList<>();
    collectAll(FramelabelCommand.line(Map.of()), commands);
    assertThat(commands).hasSizeGreaterThan(20);
    for (CommandLine command : commands) {
      for (ArgSpec argument : command.getCommandSpec().args()) {
        String name = command.getCommandSpec().qualifiedName() + " " + argument;
        assertThat(String.join(" ", argument.description())).as(name).isNotBlank();
        if (argument.arity().max() > 0) {
          // picocli writes <name> for a label that nobody gave.
          assertThat(argument.paramLabel()).as(name).isNotBlank().doesNotContain("<");
          assertThat(argument.paramLabel()).as(name).isNotEqualTo("VALUE");
        }
      }
    }
  }

  @Test
  void jobOptions_haveTheTextsOfTheJob() {
    String ofJob = words(JobArguments.helpText());
    for (String[] command : List.of(new String[] {"job", "run"}, new String[] {"doctor"})) {
      CommandLine line = FramelabelCommand.line(Map.of());
      for (String name : command) {
        line = line.getSubcommands().get(name);
      }
      String ofCommand = words(line.getUsageMessage());
      for (Option<?> option : Options.ALL) {
        assertThat(ofJob).contains(words(option.help()));
        assertThat(ofCommand).contains(words(option.help()));
        assertThat(ofCommand).contains(words("--" + option.name()));
      }
    }
  }

  @Test
  void sharedOptions_areThoseOfTheJob() {
    CommandLine create =
        FramelabelCommand.line(Map.of())
            .getSubcommands()
            .get("topics")
            .getSubcommands()
            .get("create");
    assertThat(words(create.getUsageMessage()))
        .contains(words(Options.find("max-record-size").orElseThrow().help()));
    assertThatThrownBy(() -> create.parseArgs("--max-record-size", "0"))
        .hasMessageContaining("--max-record-size is '0'; expected a size");
  }

  /** picocli sets the parameters of a method by the order of the options. */
  @ParameterizedTest
  @ValueSource(
      strings = {"topics create", "rejected list", "rejected replay --all", "transactions list"})
  void sharedOptions_ofAMethod_reachTheirParameters(String command) {
    String[] words = (command + " --kafka-properties missing.properties").split(" ", -1);
    StringWriter err = new StringWriter();
    CommandLine line = FramelabelCommand.line(Map.of(), words).setErr(new PrintWriter(err));
    assertThat(line.execute(words)).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(err.toString()).contains("--kafka-properties missing.properties cannot be read");
  }

  /** Text without what line breaks change. */
  private static String words(String text) {
    return text.replaceAll("[\\s.]+", "");
  }

  private static void collectAll(CommandLine command, List<CommandLine> all) {
    all.add(command);
    command.getSubcommands().values().forEach(one -> collectAll(one, all));
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
