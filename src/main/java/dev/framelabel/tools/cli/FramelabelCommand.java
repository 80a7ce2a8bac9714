package dev.framelabel.tools.cli;

import dev.framelabel.address.Addresses;
import dev.framelabel.image.JavaCppLimits;
import dev.framelabel.model.ModelException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.MemorySize;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command line. {@link ExitStatuses} has the exit statuses. */
@Command(
    name = "framelabel",
    description = "Labels camera frames from Kafka in an Apache Flink job, exactly once.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    scope = ScopeType.INHERIT,
    version = "framelabel 0.1.0",
    subcommands = {
      DemoCommand.class,
      DoctorCommand.class,
      JobCommand.class,
      CompletionCommand.class,
      TopicsCommand.class,
      TransactionsCommand.class,
      RejectedCommand.class,
      ModelCommand.class,
      RuntimeCommand.class,
      WallCommand.class,
      CameraCommand.class,
      BenchCommand.class
    })
public final class FramelabelCommand {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description =
          "YAML file with options (docs/reference/configuration-file.md). Also set by"
              + " FRAMELABEL_CONFIG. The command line and environment variables override the file.")
  void setConfig(Path file) {
    // Settings.load has read it: it must be there before the other options are.
  }

  private final Settings settings;

  private FramelabelCommand(Settings settings) {
    this.settings = settings;
  }

  /** Returns what the user set without the command line. */
  static Settings settings(CommandSpec command) {
    return ((FramelabelCommand) command.root().userObject()).settings;
  }

  /** Returns the folder that the launcher names, else the working folder. */
  static Path installation() {
    return Path.of(System.getProperty("framelabel.home", "."));
  }

  public static void main(String[] arguments) {
    JavaCppLimits.off();
    System.exit(run(arguments));
  }

  static int run(String... arguments) {
    try {
      return line(System.getenv(), arguments).execute(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println("framelabel: " + e.getMessage());
      return CommandLine.ExitCode.USAGE;
    }
  }

  /**
   * Returns the command line for these arguments.
   *
   * @throws IllegalArgumentException if the config file cannot be read or has an unknown key
   */
  static CommandLine line(Map<String, String> environment, String... arguments) {
    Settings settings = Settings.load(environment, List.of(arguments));
    CommandLine line = new CommandLine(new FramelabelCommand(settings));
    line.registerConverter(MemorySize.class, MemorySize::parse);
    JobOptionsModel.complete(line);
    SettingsProvider provider = new SettingsProvider(settings);
    provider.check(line);
    line.setDefaultValueProvider(provider);
    ExitStatuses.addTo(line);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler(FramelabelCommand::explain);
    return line;
  }

  /** Prints one sentence for the user; the log has the stack trace. */
  private static int explain(Exception failure, CommandLine line, CommandLine.ParseResult result) {
    PrintWriter err = line.getErr();
    String said = failure.getMessage() == null ? failure.toString() : failure.getMessage();
    err.println("framelabel: " + Addresses.maskIn(said));
    LoggerFactory.getLogger(FramelabelCommand.class)
        .error(
            "Command failed: {}. See docs/reference/messages.md, section 'Command line'",
            Addresses.maskIn(said),
            failure);
    return failure instanceof IllegalArgumentException || failure instanceof ModelException
        ? CommandLine.ExitCode.USAGE
        : CommandLine.ExitCode.SOFTWARE;
  }
}
