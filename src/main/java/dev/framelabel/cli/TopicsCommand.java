package dev.framelabel.cli;

import dev.framelabel.kafka.Topics;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code framelabel topics}. */
@Command(
    name = "topics",
    description = "Makes the topics of a labelling job.",
    mixinStandardHelpOptions = true)
final class TopicsCommand {
  @Spec private CommandSpec spec;

  @Command(
      name = "create",
      description = "Creates the topics that do not exist yet; leaves the others as they are.",
      mixinStandardHelpOptions = true,
      showDefaultValues = true)
  int create(
      @Mixin KafkaClient client,
      @Option(names = "--topics", split = ",", defaultValue = "frames,labels,rejected")
          List<String> topics,
      @Option(names = "--partitions", defaultValue = "12") int partitions,
      @Option(names = "--replication", defaultValue = "3") short replication,
      @Option(
              names = "--max-record-bytes",
              defaultValue = "1048588",
              description = "Largest record that the topics take (max.message.bytes).")
          int maxRecordBytes) {
    PrintWriter out = spec.commandLine().getOut();
    List<String> created =
        Topics.create(client.properties(), topics, partitions, replication, maxRecordBytes);
    for (String topic : topics) {
      out.println(
          topic + (created.contains(topic) ? ": created" : ": was there already, left as it is"));
    }
    out.flush();
    return 0;
  }
}
