package dev.framelabel.kafka.admin;

import dev.framelabel.config.Delivery;
import dev.framelabel.config.KafkaOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.flink.util.TimeUtils;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks of what a job needs of its brokers: for {@code framelabel doctor}, which shows every
 * finding, and for the job's start, which refuses failures. A mistake is told where the job is
 * submitted, and not by a restart loop. Changes nothing. A setting that the user may not read is
 * skipped.
 */
public final class Preflight {
  private static final Logger LOG = LoggerFactory.getLogger(Preflight.class);
  private static final Duration PATIENCE_AT_START = Duration.ofSeconds(20);

  private final KafkaOptions options;
  private final Duration checkpointInterval;
  private final Duration patience;

  /**
   * Prepares the checks; sends no request.
   *
   * @param checkpointInterval of the job
   * @param patience how long a broker may take to answer
   */
  public Preflight(KafkaOptions options, Duration checkpointInterval, Duration patience) {
    this.options = options;
    this.checkpointInterval = checkpointInterval;
    this.patience = patience;
  }

  /**
   * Refuses to start a job that would not work; logs warnings. Asks the brokers, unless {@code
   * --skip-start-checks} is set, and blocks as {@link #findings} does.
   *
   * @param checkpointInterval of the job
   * @throws StartRefusedException with every failed finding
   */
  public static void requireReady(KafkaOptions options, Duration checkpointInterval) {
    Preflight preflight = new Preflight(options, checkpointInterval, PATIENCE_AT_START);
    boolean skip = options.get(KafkaOptions.SKIP_START_CHECKS);
    List<Finding> findings = skip ? preflight.ofOptions() : preflight.findings();
    refuseFailures(findings);
    for (Finding finding : findings) {
      switch (finding.level()) {
        case WARNING ->
            LOG.warn(
                "Preflight warning: {}. See docs/reference/messages.md, section 'Preflight'",
                finding);
        case SKIPPED -> LOG.info("Preflight: not checked: {}", finding);
        default -> LOG.debug("Preflight: {}", finding);
      }
    }
    LOG.info(
        skip
            ? "Preflight: skipped, no broker was asked (--skip-start-checks)"
            : "Preflight: topics, permissions and transaction settings fit the job");
  }

  /**
   * Refuses options that do not fit each other; sends no request.
   *
   * @param checkpointInterval of the job
   * @throws StartRefusedException with every failed finding
   */
  public static void requireFittingOptions(KafkaOptions options, Duration checkpointInterval) {
    refuseFailures(new Preflight(options, checkpointInterval, Duration.ZERO).ofOptions());
  }

  private static void refuseFailures(List<Finding> findings) {
    List<Finding> failed =
        findings.stream().filter(finding -> finding.level() == Finding.Level.FAILED).toList();
    if (!failed.isEmpty()) {
      throw new StartRefusedException(failed);
    }
  }

  /**
   * Makes every check. Blocks for seconds; for up to 20 s more where a transaction of this job's
   * prefix is open, and 5 s where one on the frames topic is.
   *
   * @return at least one finding for each subject; trouble is a finding, never an exception
   */
  public List<Finding> findings() {
    List<Finding> findings = new ArrayList<>(ofOptions());
    try (Admin admin = Admin.create(client())) {
      int brokers = AdminCalls.answer(admin.describeCluster().nodes(), patience).size();
      findings.add(Finding.ok("brokers", brokers + " reached"));
      TopicChecks topics = new TopicChecks(admin, options);
      findings.addAll(topics.findings());
      if (options.get(KafkaOptions.DELIVERY) == Delivery.EXACTLY_ONCE) {
        findings.addAll(new TransactionChecks(admin, options, checkpointInterval).findings());
      } else {
        findings.add(Finding.skipped("transactions", "--delivery at-least-once uses none"));
      }
      findings.addAll(new PartitionChecks(admin, options, topics.framePartitions()).findings());
    } catch (AuthorizationException e) {
      findings.add(
          Finding.skipped(
              "further checks of the brokers", "this user lacks a permission: " + e.getMessage()));
    } catch (KafkaException e) {
      findings.add(unreachable(e));
      findings.add(Finding.skipped("further checks of the brokers", "a broker did not answer"));
    }
    return findings;
  }

  private List<Finding> ofOptions() {
    List<Finding> findings = new ArrayList<>();
    options
        .isolationFault()
        .ifPresent(
            fault ->
                findings.add(
                    Finding.failed("isolation level", fault, "Remove the line from the file")));
    findings.add(recordSize());
    if (options.get(KafkaOptions.DELIVERY) == Delivery.EXACTLY_ONCE) {
      findings.add(interval());
    }
    return findings;
  }

  /** Checks record sizes: a result that its topic does not take fails the job at each restart. */
  private Finding recordSize() {
    long bytes = options.get(KafkaOptions.MAX_RECORD_SIZE).getBytes();
    return bytes >= KafkaOptions.SMALLEST_RECORD_BYTES
        ? Finding.ok("record size", "--max-record-size is " + bytes + " bytes")
        : Finding.failed(
            "record size",
            "--max-record-size is "
                + bytes
                + " bytes; expected "
                + KafkaOptions.SMALLEST_RECORD_BYTES
                + " or more: a result whose fields are all at their limits would not fit",
            "Raise --max-record-size, and max.message.bytes of the topics");
  }

  /**
   * Checks the interval: a transaction is open for at least the time from one checkpoint to the
   * next.
   */
  private Finding interval() {
    Duration timeout = options.get(KafkaOptions.TRANSACTION_TIMEOUT);
    String found =
        "--checkpoint-interval is %s, --transaction-timeout is %s"
            .formatted(
                TimeUtils.formatWithHighestUnit(checkpointInterval),
                TimeUtils.formatWithHighestUnit(timeout));
    return checkpointInterval.compareTo(timeout) < 0
        ? Finding.ok("checkpoint interval", found)
        : Finding.failed(
            "checkpoint interval",
            ("%s; expected a shorter interval: the broker would abort every transaction before its"
                    + " checkpoint commits it")
                .formatted(found),
            "Lower --checkpoint-interval, or raise --transaction-timeout");
  }

  private Properties client() {
    Properties properties = options.clientProperties();
    int millis = Math.toIntExact(patience.toMillis());
    properties.put(
        AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, options.get(KafkaOptions.BOOTSTRAP_SERVERS));
    properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis);
    properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, millis);
    return properties;
  }

  private Finding unreachable(KafkaException cause) {
    return Finding.failed(
        "brokers",
        "no answer from Kafka at %s: %s"
            .formatted(
                options.get(KafkaOptions.BOOTSTRAP_SERVERS),
                (cause.getCause() == null ? cause : cause.getCause()).getMessage()),
        "Check --bootstrap-servers, --kafka-properties and advertised.listeners of the brokers;"
            + " where only the workers can reach the brokers, start the job with"
            + " --skip-start-checks");
  }
}
