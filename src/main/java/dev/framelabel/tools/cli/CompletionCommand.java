package dev.framelabel.tools.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code framelabel completion}. */
@Command(
    name = "completion",
    description = "Prints a bash completion script.",
    footer = {"", "Example: source <(framelabel completion)"})
final class CompletionCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    out.print(AutoComplete.bash("framelabel", spec.root().commandLine()));
    out.flush();
    return 0;
  }
}
