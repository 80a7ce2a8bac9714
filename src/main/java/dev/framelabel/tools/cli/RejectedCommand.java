package dev.framelabel.tools.cli;

import dev.framelabel.event.RejectedFrame;
import dev.framelabel.tools.deadletter.FrameReplay;
import dev.framelabel.tools.deadletter.RejectedRecord;
import dev.framelabel.tools.deadletter.RejectedRecords;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.flink.configuration.MemorySize;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code framelabel rejected}. */
@Command(
    name = "rejected",
    description = "Lists, exports and replays rejected frames (dead letters).")
final class RejectedCommand {
  @Spec private CommandSpec spec;

  @Command(
      name = "list",
      description = "Counts the rejected frames of each kind and prints the newest of each kind.",
      footer = {"", "Example: framelabel rejected list --bootstrap-servers kafka:9092"})
  int list(
      @Mixin KafkaClient client,
      @Mixin RejectedSelection choice,
      @Option(
              names = "--samples",
              paramLabel = "N",
              defaultValue = "3",
              description = "Number of frames to print of each kind.")
          int samples) {
    Map<String, RejectedTally> tallies = new TreeMap<>();
    read(
        client,
        choice,
        rejected ->
            tallies
                .computeIfAbsent(kind(rejected), kind -> new RejectedTally(samples))
                .add(rejected));
    PrintWriter out = spec.commandLine().getOut();
    tallies.forEach(
        (kind, tally) -> {
          out.printf("%s: %d%n", kind, tally.count());
          tally.samples().forEach(sample -> out.println("  " + line(sample)));
        });
    out.println(tallies.values().stream().mapToLong(RejectedTally::count).sum() + " rejected");
    return 0;
  }

  @Command(
      name = "show",
      description =
          "Writes the original bytes of rejected frames to files and prints why each was rejected. File names:"
              + " PARTITION@OFFSET.event (value of the Kafka record) or PARTITION@OFFSET.image (the image alone).",
      footer = {
        "",
        "Example: framelabel rejected show --kind CORRUPT_IMAGE --out folder --bootstrap-servers kafka:9092"
      })
  int show(
      @Mixin KafkaClient client,
      @Mixin RejectedSelection choice,
      @Option(
              names = "--out",
              paramLabel = "FOLDER",
              required = true,
              description = "Folder for the files. Existing files are not overwritten.")
          Path folder,
      @Option(
              names = "--max",
              paramLabel = "N",
              defaultValue = "100",
              description = "Maximum number of frames, oldest of each partition first.")
          int max)
      throws IOException {
    Files.createDirectories(folder);
    PrintWriter out = spec.commandLine().getOut();
    int[] written = new int[1];
    read(
        client,
        choice,
        rejected -> {
          if (rejected.content().isPresent() && written[0] < max) {
            written[0]++;
            out.println(line(rejected));
            out.println("  " + write(rejected, folder));
          }
        });
    out.println(written[0] + " shown");
    return 0;
  }

  @Command(
      name = "replay",
      description = {
        "Publishes rejected frames to the frames topic again, after the cause is fixed.",
        "The command does not remember what it has replayed: a second run publishes the same frames again,"
            + " with the same frameId. To select only newer records, set --from to the time of the last replay.",
        "If the frames topic still holds the frame, its record is published again unchanged, with all"
            + " headers. Otherwise the frame is rebuilt from the rejected record and its headers; a record that"
            + " does not hold the whole original is refused. Header "
            + FrameReplay.REPLAYS
            + " counts the replays of a frame; header "
            + FrameReplay.REPLAY_OF
            + " names the rejected record. Exit status 1 if a record was refused."
      },
      exitCodeList = {"1:At least one record was refused, or the command failed."},
      footer = {
        "",
        "Example: framelabel rejected replay --kind DEVICE_FAILED --from 2026-01-31T12:00:00Z"
      })
  int replay(
      @Mixin KafkaClient client,
      @Mixin RejectedSelection choice,
      @Option(names = "--frames-topic") String framesTopic,
      @Option(
              names = "--all",
              description =
                  "Replay all rejected frames; required if no other option selects frames.")
          boolean all,
      @Option(
              names = "--max-replays",
              paramLabel = "N",
              defaultValue = "3",
              description = "Refuse frames that were replayed this many times.")
          int maxReplays,
      @Option(names = "--max-record-size") MemorySize maxRecordSize) {
    if (choice.isEmpty() && !all) {
      throw new ParameterException(
          spec.commandLine(),
          "no frames are selected; expected --kind, --camera, --frame, --at, --from, --to or --all");
    }
    int[] counts = new int[2];
    try (FrameReplay replay =
        new FrameReplay(
            client.properties(),
            framesTopic,
            choice.topic(),
            maxReplays,
            Math.toIntExact(maxRecordSize.getBytes()))) {
      read(client, choice, rejected -> counts[say(rejected, replay) ? 0 : 1]++);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(counts[0] + " replayed, " + counts[1] + " refused");
    return counts[1] == 0 ? 0 : 1;
  }

  private boolean say(RejectedRecord rejected, FrameReplay replay) {
    FrameReplay.Result result = replay.replay(rejected);
    spec.commandLine().getOut().println(rejected.position() + ": " + result.story());
    return result.sent();
  }

  private static void read(
      KafkaClient client, RejectedSelection choice, Consumer<RejectedRecord> receiver) {
    RejectedRecords.read(
        client.properties(),
        choice.topic(),
        choice.from(),
        rejected -> {
          if (choice.includes(rejected)) {
            receiver.accept(rejected);
          }
        });
  }

  private static String kind(RejectedRecord rejected) {
    return rejected.content().map(content -> content.frame().kind().name()).orElse("NOT_READABLE");
  }

  private static String line(RejectedRecord rejected) {
    return rejected
        .content()
        .map(content -> rejected.position() + " " + line(content))
        .orElse(rejected.position() + " cannot be read by this version");
  }

  /** Returns a line for a terminal, without the control characters that senders may have sent. */
  private static String line(RejectedRecord.Content content) {
    RejectedFrame frame = content.frame();
    String text =
        "frame '%s' of camera '%s', %d bytes, from %s-%d@%d: %s"
            .formatted(
                frame.frameId(),
                frame.cameraId(),
                content.originalBytes(),
                frame.source().topic(),
                frame.source().partition(),
                frame.source().offset(),
                frame.reason());
    return text.replaceAll("\\p{Cntrl}", "?");
  }

  private static String write(RejectedRecord rejected, Path folder) {
    RejectedRecord.Content content = rejected.content().orElseThrow();
    RejectedFrame frame = content.frame();
    boolean event = frame.content() == RejectedFrame.Content.EVENT;
    Path file = folder.resolve(rejected.position() + (event ? ".event" : ".image"));
    if (Files.exists(file)) {
      return file + " exists already, left unchanged";
    }
    try {
      Files.write(file, frame.original().array());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file
        + (content.whole()
            ? ""
            : " (only the first " + frame.original().length() + " bytes are kept)");
  }
}
