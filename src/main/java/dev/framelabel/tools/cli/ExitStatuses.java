package dev.framelabel.tools.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * The exit statuses of commands, as their help shows them. A command's own list holds only what
 * differs from {@link #USUAL}.
 */
final class ExitStatuses {
  static final Map<String, String> USUAL =
      Map.of(
          "0", "The command succeeded.",
          "1", "The command failed; the message says why.",
          "2", "An option, an argument or an input file is invalid.");

  private ExitStatuses() {}

  /** Adds the list to each command that does something, not to groups of commands. */
  static void addTo(CommandLine line) {
    line.getSubcommands().values().forEach(ExitStatuses::addTo);
    if (line.getSubcommands().isEmpty()) {
      UsageMessageSpec usage = line.getCommandSpec().usageMessage();
      Map<String, String> own = usage.exitCodeList();
      Map<String, String> all = new LinkedHashMap<>();
      for (String status : new String[] {"0", "1", "2"}) {
        all.put(status, own.getOrDefault(status, USUAL.get(status)));
      }
      UsageMessageSpec ignored = usage.exitCodeListHeading("%nExit status:%n").exitCodeList(all);
    }
  }
}
