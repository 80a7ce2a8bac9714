package dev.framelabel.kafka.admin;

import dev.framelabel.config.Delivery;
import dev.framelabel.config.KafkaOptions;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The checkpoint or savepoint that a job is submitted with. */
public final class RestoredState {
  private static final Logger LOG = LoggerFactory.getLogger(RestoredState.class);

  private RestoredState() {}

  /**
   * Warns if the brokers have by now aborted what the checkpoint left uncommitted. Says nothing if
   * that cannot be known: no checkpoint is named, or its files cannot be read here. A savepoint
   * that the job was stopped with has left nothing uncommitted, however old it is; so an old one is
   * no reason to refuse.
   *
   * @param flink settings of the submission
   * @return the warning, as it was logged
   */
  public static Optional<String> warnIfTooOld(
      KafkaOptions options, ReadableConfig flink, Instant now) {
    String path = flink.get(StateRecoveryOptions.SAVEPOINT_PATH);
    if (path == null || options.get(KafkaOptions.DELIVERY) != Delivery.EXACTLY_ONCE) {
      return Optional.empty();
    }
    Duration timeout = options.get(KafkaOptions.TRANSACTION_TIMEOUT);
    Optional<String> warning =
        madeAt(path)
            .map(made -> Duration.between(made, now))
            .filter(age -> age.compareTo(timeout) > 0)
            .map(age -> story(path, age, timeout));
    warning.ifPresent(LOG::warn);
    return warning;
  }

  private static String story(String path, Duration age, Duration timeout) {
    return ("the job starts from %s, which was made %s s ago; the brokers have aborted transactions"
            + " that were open for longer than --transaction-timeout %s s. If the job was stopped with"
            + " it, nothing is lost. If the job failed, the commit guard finds what was lost and does"
            + " as --on-lost-commit says. Set --transaction-timeout above the longest outage. See the"
            + " runbook, section 'Data loss'")
        .formatted(path, age.toSeconds(), timeout.toSeconds());
  }

  private static Optional<Instant> madeAt(String path) {
    try {
      Path given = new Path(path);
      FileSystem files = given.getFileSystem();
      Path metadata = new Path(given, "_metadata");
      Path found = files.exists(metadata) ? metadata : given;
      return Optional.of(Instant.ofEpochMilli(files.getFileStatus(found).getModificationTime()));
    } catch (IOException | RuntimeException e) {
      LOG.info(
          "Preflight: cannot read the age of {}, so its transactions are not checked: {}",
          path,
          e.toString());
      return Optional.empty();
    }
  }
}
