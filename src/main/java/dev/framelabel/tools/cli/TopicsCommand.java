package dev.framelabel.tools.cli;

import dev.framelabel.kafka.admin.Topics;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.util.TimeUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code framelabel topics}. */
@Command(name = "topics", description = "Creates the topics of a labelling job.")
final class TopicsCommand {
  @Spec private CommandSpec spec;

  @Command(
      name = "create",
      description =
          "Creates the topics that do not exist yet, with message.timestamp.type=LogAppendTime;"
              + " leaves existing topics unchanged.",
      footer = {
        "",
        "One camera with 15 frames per second of 100 kB each needs 130 GB for each day of --frames-retention.",
        "--max-record-size: allow for the largest encoded frame plus 64 KiB.",
        "Example: framelabel topics create --bootstrap-servers kafka:9092 --frames-retention '6 h'"
      })
  int create(
      @Mixin KafkaClient kafka,
      @Option(
              names = "--topics",
              split = ",",
              paramLabel = "TOPIC",
              defaultValue = "frames,labels,rejected",
              description = "Topics to create, separated by commas.")
          List<String> topics,
      @Option(names = "--frames-topic") String framesTopic,
      @Option(
              names = "--partitions",
              paramLabel = "N",
              defaultValue = "12",
              description =
                  "Partitions of each topic. The partitions of the frames topic limit the parallelism of the source.")
          int partitions,
      @Option(
              names = "--replication",
              paramLabel = "N",
              defaultValue = "3",
              description =
                  "Replicas of each partition. With 3 or more, min.insync.replicas is 2, else 1.")
          short replication,
      @Option(names = "--max-record-size") MemorySize maxRecordSize,
      @Option(
              names = "--frames-retention",
              paramLabel = "DURATION",
              defaultValue = "24 h",
              description =
                  "Retention of the frames topic (retention.ms). Must be longer than any outage of the job: frames that"
                      + " retention removes before the job reads them are lost.")
          String framesRetention,
      @Option(
              names = "--results-retention",
              paramLabel = "DURATION",
              defaultValue = "7 d",
              description = "Retention of the other topics (retention.ms).")
          String resultsRetention) {
    Map<String, String> client = kafka.properties();
    Duration ofFrames = TimeUtils.parseDuration(framesRetention);
    Duration ofResults = TimeUtils.parseDuration(resultsRetention);
    PrintWriter out = spec.commandLine().getOut();
    int maxRecordBytes = Math.toIntExact(maxRecordSize.getBytes());
    for (String topic : topics) {
      Duration retention = topic.equals(framesTopic) ? ofFrames : ofResults;
      Map<String, String> settings = new HashMap<>(Topics.settings(replication, maxRecordBytes));
      settings.put("retention.ms", Long.toString(retention.toMillis()));
      boolean created =
          !Topics.create(client, List.of(topic), partitions, replication, settings).isEmpty();
      out.println(
          created
              ? "%s: created, keeps records of up to %d bytes for %s"
                  .formatted(topic, maxRecordBytes, TimeUtils.formatWithHighestUnit(retention))
              : topic + ": exists already, left unchanged");
    }
    return 0;
  }
}
