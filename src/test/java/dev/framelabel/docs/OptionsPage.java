package dev.framelabel.docs;

import static dev.framelabel.docs.MarkdownTable.code;
import static dev.framelabel.docs.MarkdownTable.prose;

import dev.framelabel.config.FlinkDefaults;
import dev.framelabel.config.JobOptions;
import dev.framelabel.config.Option;
import dev.framelabel.config.OptionGroup;
import dev.framelabel.config.Options;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.configuration.Configuration;

/** Writes the reference page of the job's options. */
final class OptionsPage {
  private OptionsPage() {}

  static String text() {
    StringBuilder page = new StringBuilder("# Job options: configuration reference\n\n");
    page.append(GeneratedPage.notice(OptionsPageTest.class));
    page.append(
        """

        All options (parameters, flags) of the labelling job, with type, default and valid values: Kafka brokers, TLS and
        SASL, topics, consumer group, exactly-once delivery, transaction timeout, model, device (CPU, CUDA, TensorRT), batch size,
        memory limits, checkpoint interval. `framelabel job run`, `framelabel doctor` and `flink run framelabel-job.jar` take them,
        and `--help` shows the same texts.

        """);
    for (OptionGroup group : Options.GROUPS) {
      page.append("- [").append(group.title()).append("](#").append(anchor(group)).append(")\n");
    }
    page.append(
        """

        ## How to set an option

        | where | example |
        |---|---|
        | command line | `--max-batch-size 32` or `--max-batch-size=32`; a switch needs no value: `--bounded` |
        | environment, for `framelabel` only | `FRAMELABEL_JOB_MAX_BATCH_SIZE=32` |
        | configuration file, named by `--config FILE` | `max-batch-size: 32` in the section `job` |

        The first of these that sets an option counts: see [configuration-file.md](configuration-file.md). Options of the
        other commands are in [commands.md](commands.md).

        ## Types of values

        | type | meaning |
        |---|---|
        | `N` | whole number |
        | `DURATION` | time with a unit: `20 ms`, `5 s`, `15 min`, `4 h`, `7 d` |
        | `SIZE` | bytes with a unit: `1000000 bytes`, `256 mb`, `6 gb`; 1 kb is 1,024 bytes; without a unit: bytes |
        | `true\\|false` | switch |
        | `a\\|b` | one of these words |
        | `X,...` | one or more values, separated by commas |
        """);
    for (OptionGroup group : Options.GROUPS) {
      page.append("\n## ").append(group.title()).append("\n\n").append(table(group));
    }
    return page.append(flinkSettings()).toString();
  }

  private static MarkdownTable table(OptionGroup group) {
    MarkdownTable table =
        new MarkdownTable(
            "option", "type", "default", "valid values", "meaning", "when to change it");
    for (Option<?> option : group.options()) {
      table.row(
          code("--" + option.name()),
          code(option.label()),
          option.isRequired() ? "required" : code(option.defaultText()),
          prose(option.validValues()),
          prose(option.meaning()),
          prose(option.advice()));
    }
    return table;
  }

  private static String flinkSettings() {
    Configuration options = new Configuration();
    options.set(JobOptions.MODEL, "model.onnx");
    Map<String, String> settings =
        new TreeMap<>(FlinkDefaults.settings(new JobOptions(options)).toMap());
    MarkdownTable table = new MarkdownTable("Flink setting", "value");
    settings.forEach((key, value) -> table.row(code(key), code(value)));
    return "\nThe job sets these Flink settings where the cluster does not set them. `-Dkey=value` overrides"
        + " both. A given `--checkpoint-interval` overrides the cluster.\n\n"
        + table;
  }

  /** Returns what GitHub makes of a heading. */
  private static String anchor(OptionGroup group) {
    return group.title().toLowerCase(Locale.ROOT).replace(' ', '-');
  }
}
