package dev.framelabel.docs;

import static dev.framelabel.docs.MarkdownTable.code;
import static dev.framelabel.docs.MarkdownTable.prose;

import dev.framelabel.tools.cli.CommandModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Writes the reference page of the commands from picocli's model. */
final class CommandsPage {
  private static final Set<String> EVERY_COMMAND = Set.of("--help", "--version", "--config");
  private static final String PROGRAM = "framelabel ";

  private CommandsPage() {}

  static String text() {
    List<CommandLine> commands = commands();
    StringBuilder page = new StringBuilder("# Commands\n\n");
    page.append(GeneratedPage.notice(ReferencePagesTest.class));
    page.append(
        "\nThe command line `framelabel` runs beside a cluster: it creates topics, starts and stops"
            + " the job, and reads its results. `framelabel COMMAND --help` prints the same text.\n\n");
    MarkdownTable index = new MarkdownTable("command", "purpose");
    for (CommandLine command : commands) {
      index.row(link(name(command)), firstSentence(description(command)));
    }
    page.append(index).append('\n');
    page.append("## Options of every command\n\n").append(everyCommand(CommandModel.root()));
    page.append(
        "\nEach option can also be set in the environment or in a configuration file:"
            + " [configuration-file.md](configuration-file.md).\n\n");
    page.append("## Exit statuses\n\n").append(exitStatuses());
    commands.forEach(command -> page.append(section(command)));
    return page.toString();
  }

  /** Returns the commands that do something, in the order of the help. */
  static List<CommandLine> commands() {
    List<CommandLine> found = new ArrayList<>();
    collect(CommandModel.root(), found);
    return found;
  }

  private static void collect(CommandLine command, List<CommandLine> found) {
    if (command.getSubcommands().isEmpty()) {
      found.add(command);
    }
    command.getSubcommands().values().forEach(one -> collect(one, found));
  }

  /** Returns the options that a command's section lists. */
  static List<OptionSpec> options(CommandSpec command) {
    boolean job = CommandModel.takesJobOptions(command);
    return command.options().stream()
        .filter(option -> !EVERY_COMMAND.contains(option.longestName()))
        .filter(option -> !job || !CommandModel.isJobOption(option))
        .toList();
  }

  private static String everyCommand(CommandLine root) {
    MarkdownTable table = new MarkdownTable("option", "value", "meaning");
    for (OptionSpec option : root.getCommandSpec().options()) {
      table.row(names(option), value(option), meaning(option));
    }
    return table.toString();
  }

  private static String exitStatuses() {
    MarkdownTable table = new MarkdownTable("exit status", "meaning");
    CommandModel.usualExitStatuses().forEach(table::row);
    table.row("130, 143", "Ctrl-C (SIGINT) or SIGTERM ended the command.");
    return table + "\nThe sections below name what differs for a command.\n";
  }

  private static String section(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    StringBuilder section = new StringBuilder("\n## ").append(name(command)).append("\n\n");
    section.append(prose(description(command))).append("\n\n");
    section.append("    ").append(synopsis(spec)).append("\n\n");
    for (PositionalParamSpec argument : spec.positionalParameters()) {
      section
          .append("Argument ")
          .append(code(argument.paramLabel()))
          .append(argument.required() ? ": " : " (optional): ")
          .append(meaning(argument))
          .append("\n\n");
    }
    List<OptionSpec> options = options(spec);
    if (!options.isEmpty()) {
      MarkdownTable table = new MarkdownTable("option", "value", "default", "meaning");
      options.forEach(
          option -> table.row(names(option), value(option), defaultOf(option), meaning(option)));
      section.append(table).append('\n');
    }
    if (CommandModel.takesJobOptions(spec)) {
      section.append("Takes [all options of the job](options.md) too.\n\n");
    }
    Map<String, String> usual = CommandModel.usualExitStatuses();
    spec.usageMessage()
        .exitCodeList()
        .forEach(
            (status, meaning) -> {
              if (!meaning.equals(usual.get(status))) {
                section.append("Exit status ").append(status).append(": ");
                section.append(prose(meaning)).append("\n\n");
              }
            });
    return section.append(footer(spec)).toString();
  }

  /** Returns the notes and the examples of a command's help. */
  private static String footer(CommandSpec command) {
    List<String> examples = new ArrayList<>();
    StringBuilder notes = new StringBuilder();
    for (String line : command.usageMessage().footer()) {
      int example = line.indexOf(command.qualifiedName());
      if (example >= 0) {
        String before = line.substring(0, example).replaceFirst("^ *(?:Example: )? *", "");
        examples.add("    " + before + line.substring(example));
      } else if (!line.isBlank() && !line.equals("Examples:")) {
        notes.append(prose(line)).append("\n\n");
      }
    }
    String title = examples.size() == 1 ? "Example" : "Examples";
    return notes + title + ":\n\n" + String.join("\n", examples) + "\n";
  }

  private static String synopsis(CommandSpec command) {
    return Stream.concat(
            Stream.concat(
                Stream.of(command.qualifiedName()),
                options(command).stream()
                    .filter(CommandsPage::isRequired)
                    .map(option -> (option.longestName() + " " + rawValue(option)).strip())),
            Stream.concat(
                Stream.of("[OPTIONS]"),
                command.positionalParameters().stream().map(CommandsPage::inSynopsis)))
        .collect(Collectors.joining(" "));
  }

  private static String inSynopsis(PositionalParamSpec argument) {
    String label = argument.paramLabel() + (argument.arity().max() > 1 ? "..." : "");
    return argument.required() ? label : "[" + label + "]";
  }

  private static String name(CommandLine command) {
    return command.getCommandSpec().qualifiedName();
  }

  private static String link(String name) {
    return "[" + name.replaceFirst("^" + PROGRAM, "") + "](#" + name.replace(' ', '-') + ")";
  }

  private static String description(CommandLine command) {
    return String.join(" ", command.getCommandSpec().usageMessage().description());
  }

  private static String names(OptionSpec option) {
    return Stream.of(option.names()).map(MarkdownTable::code).collect(Collectors.joining(", "));
  }

  private static String value(OptionSpec option) {
    return code(rawValue(option));
  }

  private static String rawValue(OptionSpec option) {
    if (option.arity().max() == 0) {
      return "";
    }
    return option.splitRegex().isEmpty()
        ? option.paramLabel()
        : option.paramLabel() + "[" + option.splitRegex() + "...]";
  }

  /** An option of a group of alternatives is required only if the group is, which none is. */
  private static boolean isRequired(OptionSpec option) {
    return option.required() && option.group() == null;
  }

  private static String defaultOf(OptionSpec option) {
    if (isRequired(option)) {
      return "required";
    }
    return option.arity().max() == 0 || option.defaultValue() == null
        ? ""
        : code(option.defaultValue());
  }

  private static String meaning(ArgSpec argument) {
    return prose(String.join(" ", argument.description()));
  }

  private static String firstSentence(String text) {
    return prose(text.replaceFirst("(?<=[.]) .*", ""));
  }
}
