package dev.framelabel.tools.cli;

import dev.framelabel.config.ConfigFile;
import dev.framelabel.config.JobOptions;
import dev.framelabel.config.KafkaOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.description.HtmlFormatter;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Gives a command every option of the labelling job, as the job declares them. */
final class JobOptionsModel implements IModelTransformer {
  /** Where the job's options stand in a config file. */
  static final String SECTION = ConfigFile.JOB_SECTION;

  static final List<ConfigOption<?>> OPTIONS =
      Stream.concat(KafkaOptions.ALL.stream(), JobOptions.ALL.stream()).toList();

  @Override
  public CommandSpec transform(CommandSpec command) {
    HtmlFormatter text = new HtmlFormatter();
    for (ConfigOption<?> option : OPTIONS) {
      OptionSpec.Builder added =
          OptionSpec.builder("--" + option.key())
              .type(String.class)
              .paramLabel("VALUE")
              .description(escape(text.format(option.description()) + defaultText(option)));
      if (Boolean.FALSE.equals(option.defaultValue())) {
        added.arity("0..1").fallbackValue("true");
      }
      command.addOption(added.build());
    }
    return command;
  }

  private static String escape(String text) {
    return text.replace("%", "%%");
  }

  private static String defaultText(ConfigOption<?> option) {
    Object value = option.defaultValue();
    return value == null || value.equals("") ? "" : " Default: " + value + ".";
  }

  static boolean isJobOption(String name) {
    return OPTIONS.stream().anyMatch(option -> option.key().equals(name));
  }

  static boolean isUsedBy(CommandSpec command) {
    return OPTIONS.stream().allMatch(option -> command.findOption("--" + option.key()) != null);
  }

  /** The job's arguments: what was set, wherever it was. */
  static List<String> arguments(CommandSpec command) {
    List<String> arguments = new ArrayList<>();
    for (ConfigOption<?> option : OPTIONS) {
      String value = command.findOption("--" + option.key()).getValue();
      if (value != null) {
        arguments.add("--" + option.key() + "=" + value);
      }
    }
    return arguments;
  }
}
