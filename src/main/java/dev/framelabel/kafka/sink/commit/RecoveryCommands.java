package dev.framelabel.kafka.sink.commit;

import static java.util.stream.Collectors.joining;

import dev.framelabel.config.KafkaOptions;
import dev.framelabel.config.LostCommit;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.flink.configuration.ConfigOption;

/**
 * The commands that a user runs where lost results cannot be published again. They carry the job's
 * own options and can be pasted into a shell.
 *
 * @param options of the job as the user set them, by name
 */
public record RecoveryCommands(Map<String, String> options) implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final String JAR = "framelabel-job.jar";
  private static final String PLACEHOLDER_CHECKPOINT = "<last checkpoint>";
  private static final String PLACEHOLDER_MODEL = "<model file>";
  private static final String MODEL = "model";

  /** Options that decide where the job starts and ends. */
  private static final List<ConfigOption<?>> RANGE =
      List.of(KafkaOptions.FROM_TIMESTAMP, KafkaOptions.BOUNDED, KafkaOptions.FRAME_OFFSETS);

  public RecoveryCommands {
    options = Map.copyOf(options);
  }

  /**
   * Returns the command that labels frames again, beside the job: with a consumer group and a
   * transactional id prefix of its own.
   *
   * @param name makes group and prefix unique
   */
  String backfill(FrameRanges frames, String name) {
    SortedMap<String, String> arguments = arguments();
    RANGE.forEach(option -> arguments.remove(option.key()));
    String suffix = ".backfill-" + name;
    arguments.put(KafkaOptions.GROUP_ID.key(), value(KafkaOptions.GROUP_ID) + suffix);
    arguments.put(
        KafkaOptions.TRANSACTIONAL_ID_PREFIX.key(),
        value(KafkaOptions.TRANSACTIONAL_ID_PREFIX) + suffix);
    arguments.put(KafkaOptions.BOUNDED.key(), "true");
    arguments.put(KafkaOptions.FRAME_OFFSETS.key(), frames.text());
    return "flink run " + JAR + text(arguments);
  }

  /** Returns the command that starts the job from its last checkpoint, without the lost results. */
  String goOn(int parallelism) {
    SortedMap<String, String> arguments = arguments();
    arguments.put(KafkaOptions.ON_LOST_COMMIT.key(), LostCommit.CONTINUE.toString());
    return "flink run -s %s -p %s %s%s"
        .formatted(quoted(PLACEHOLDER_CHECKPOINT), parallelism, JAR, text(arguments));
  }

  private SortedMap<String, String> arguments() {
    SortedMap<String, String> arguments = new TreeMap<>(options);
    arguments.putIfAbsent(
        KafkaOptions.BOOTSTRAP_SERVERS.key(), KafkaOptions.BOOTSTRAP_SERVERS.defaultValue());
    arguments.putIfAbsent(MODEL, PLACEHOLDER_MODEL);
    return arguments;
  }

  private String value(ConfigOption<String> option) {
    return options.getOrDefault(option.key(), option.defaultValue());
  }

  private static String text(SortedMap<String, String> arguments) {
    return arguments.entrySet().stream()
        .map(entry -> " --" + entry.getKey() + argument(entry.getValue()))
        .collect(joining());
  }

  /** Returns an argument; a switch takes its value behind an equals sign. */
  private static String argument(String value) {
    boolean isSwitch = value.equals("true") || value.equals("false");
    return (isSwitch ? "=" : " ") + quoted(withoutUser(value));
  }

  /** Returns an address without its user: it may hold a password. */
  private static String withoutUser(String value) {
    return value.replaceAll("//.*@", "//<user and password>@");
  }

  private static String quoted(String value) {
    return value.matches("[a-zA-Z0-9@%+=:,./_-]+")
        ? value
        : "'" + value.replace("'", "'\\''") + "'";
  }
}
