package dev.framelabel.kafka.admin;

import dev.framelabel.config.Delivery;
import dev.framelabel.config.KafkaOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a job needs of its brokers, asked before it starts: a mistake is told where the job is
 * submitted, and not by a restart loop. Settings that the brokers do not let this user see are not
 * checked, which the log says.
 */
public final class StartChecks {
  private static final Logger LOG = LoggerFactory.getLogger(StartChecks.class);
  private static final int CLIENT_TIMEOUT_MILLIS = 20_000;

  private StartChecks() {}

  /**
   * Asks the brokers; blocks for seconds, and for twice the checkpoint interval (20 s at most)
   * where a transaction of this prefix is open.
   *
   * @param checkpointInterval of the job
   * @throws StartRefusedException with every reason why the job would not work
   */
  public static void run(KafkaOptions options, Duration checkpointInterval) {
    if (options.get(KafkaOptions.SKIP_START_CHECKS)) {
      LOG.info("the start checks are left out, as --skip-start-checks asks for");
      return;
    }
    List<String> refusals = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    try (Admin admin = Admin.create(client(options))) {
      refusals.addAll(new TopicChecks(admin, options).refusals());
      if (options.get(KafkaOptions.DELIVERY) == Delivery.EXACTLY_ONCE) {
        refusals.addAll(new TransactionChecks(admin, options, checkpointInterval).refusals());
      }
      if (refusals.isEmpty()) {
        warnings.addAll(RetentionCheck.warnings(admin, options));
      }
    } catch (KafkaException e) {
      throw unreachable(options, e);
    }
    if (!refusals.isEmpty()) {
      throw new StartRefusedException(refusals);
    }
    warnings.forEach(LOG::warn);
    LOG.info("topics, permissions and transaction settings are as the job needs them");
  }

  private static Properties client(KafkaOptions options) {
    Properties properties = options.clientProperties();
    properties.put(
        AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, options.get(KafkaOptions.BOOTSTRAP_SERVERS));
    properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, CLIENT_TIMEOUT_MILLIS);
    properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, CLIENT_TIMEOUT_MILLIS);
    return properties;
  }

  private static StartRefusedException unreachable(KafkaOptions options, KafkaException cause) {
    return new StartRefusedException(
        "the brokers at --bootstrap-servers "
            + options.get(KafkaOptions.BOOTSTRAP_SERVERS)
            + " do not answer: "
            + (cause.getCause() == null ? cause : cause.getCause()).getMessage()
            + ". Correct the address or --kafka-properties; where brokers can be reached from the"
            + " workers only, give --skip-start-checks",
        cause);
  }
}
