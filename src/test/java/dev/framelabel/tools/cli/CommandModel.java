package dev.framelabel.tools.cli;

import dev.framelabel.config.Options;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The model of the command line, for tests of other packages. */
public final class CommandModel {
  private CommandModel() {}

  /** Returns the command line without a config file and without environment variables. */
  public static CommandLine root() {
    return FramelabelCommand.line(Map.of());
  }

  /** Returns the exit statuses of commands that name no others. */
  public static Map<String, String> usualExitStatuses() {
    return new TreeMap<>(ExitStatuses.USUAL);
  }

  /** Returns whether a command takes the options of the labelling job. */
  public static boolean takesJobOptions(CommandSpec command) {
    return JobOptionsModel.isUsedBy(command);
  }

  /** Returns whether an option of such a command is an option of the labelling job. */
  public static boolean isJobOption(OptionSpec option) {
    return Options.find(option.longestName().replaceFirst("^-+", "")).isPresent();
  }
}
