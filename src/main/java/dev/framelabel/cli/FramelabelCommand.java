package dev.framelabel.cli;

import dev.framelabel.model.ModelException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line. Exit status: 0 done, 1 failed, 2 wrong use or wrong input. */
@Command(
    name = "framelabel",
    description = "Labels camera frames from Kafka in an Apache Flink job, exactly once.",
    mixinStandardHelpOptions = true,
    version = "framelabel 0.1.0",
    subcommands = {
      DemoCommand.class,
      TopicsCommand.class,
      TransactionsCommand.class,
      RejectedCommand.class,
      ModelCommand.class,
      WallCommand.class,
      CameraCommand.class,
      ChaosCommand.class,
      BenchCommand.class
    })
public final class FramelabelCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  private FramelabelCommand() {}

  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  static int run(String... arguments) {
    CommandLine line = new CommandLine(new FramelabelCommand());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler(FramelabelCommand::explain);
    return line.execute(arguments);
  }

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  /** One sentence for the user; the whole story is in the log. */
  private static int explain(Exception failure, CommandLine line, CommandLine.ParseResult result) {
    PrintWriter err = line.getErr();
    err.println("framelabel: " + (failure.getMessage() == null ? failure : failure.getMessage()));
    err.flush();
    LoggerFactory.getLogger(FramelabelCommand.class).error("command failed", failure);
    return failure instanceof IllegalArgumentException || failure instanceof ModelException
        ? CommandLine.ExitCode.USAGE
        : CommandLine.ExitCode.SOFTWARE;
  }
}
