package dev.framelabel.tools.cli;

import dev.framelabel.config.JobArguments;
import dev.framelabel.config.Option;
import dev.framelabel.config.Options;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The options of the labelling job on the command line. As a transformer, adds all of them to a
 * command.
 */
final class JobOptionsModel implements IModelTransformer {
  @Override
  public CommandSpec transform(CommandSpec command) {
    for (Option<?> option : Options.ALL) {
      OptionSpec.Builder added =
          OptionSpec.builder("--" + option.name())
              .type(String.class)
              .paramLabel(option.label())
              .description(escape(option.help()));
      if (option.isSwitch()) {
        added.arity("0..1").fallbackValue("true");
      }
      command.addOption(added.build());
    }
    return command;
  }

  /**
   * Completes options that a command shares with the job. An option with the name of a job option
   * and without a description of its own takes label, description, default and valid values from
   * the job. A default of its own stays.
   */
  static void complete(CommandLine line) {
    CommandSpec command = line.getCommandSpec();
    List<ArgSpec> all = List.copyOf(command.args());
    if (all.stream().anyMatch(argument -> job(argument).isPresent())) {
      // picocli hands the values to the parameters of a method in this order.
      all.forEach(command::remove);
      all.forEach(
          argument ->
              command.add(
                  job(argument)
                      .<ArgSpec>map(option -> completed((OptionSpec) argument, option))
                      .orElse(argument)));
    }
    line.getSubcommands().values().forEach(JobOptionsModel::complete);
  }

  /** Returns the job's option that an argument leaves its texts to. */
  private static Optional<Option<?>> job(ArgSpec argument) {
    return argument instanceof OptionSpec option && option.description().length == 0
        ? Options.find(option.longestName().replaceFirst("^--", ""))
        : Optional.empty();
  }

  private static OptionSpec completed(OptionSpec shared, Option<?> option) {
    String value = shared.defaultValue() == null ? option.defaultText() : shared.defaultValue();
    return OptionSpec.builder(shared)
        .paramLabel(option.label())
        .description(escape(option.meaning()))
        .defaultValue(value)
        .showDefaultValue(value.isEmpty() ? Help.Visibility.NEVER : Help.Visibility.ON_DEMAND)
        .converters(option::parse)
        .build();
  }

  private static String escape(String text) {
    return text.replace("%", "%%");
  }

  /** Returns whether a command takes all options of the job. */
  static boolean isUsedBy(CommandSpec command) {
    return Options.ALL.stream()
        .allMatch(option -> command.findOption("--" + option.name()) != null);
  }

  /** Returns the job's arguments: the options that were set, wherever they were. */
  static List<String> arguments(CommandSpec command) {
    List<String> arguments = new ArrayList<>();
    for (Option<?> option : Options.ALL) {
      String value = command.findOption("--" + option.name()).getValue();
      if (value != null) {
        arguments.add("--" + option.name() + "=" + value);
      }
    }
    return arguments;
  }

  /**
   * Parses the job's arguments of a command.
   *
   * @throws IllegalArgumentException if a value is not valid
   */
  static JobArguments parse(CommandSpec command) {
    return JobArguments.parse(arguments(command).toArray(String[]::new));
  }
}
