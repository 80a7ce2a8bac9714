package dev.framelabel.kafka.admin;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a Kafka cluster says of itself that matters to a labelling job.
 *
 * @param longestTransaction {@code transaction.max.timeout.ms}
 * @param topics those asked for that are there
 */
public record BrokerFacts(int brokers, Duration longestTransaction, Map<String, Topic> topics) {
  private static final Logger LOG = LoggerFactory.getLogger(BrokerFacts.class);

  public BrokerFacts {
    topics = Map.copyOf(topics);
  }

  /**
   * A topic.
   *
   * @param logAppendTime whether the broker stamps its records
   * @param retention how long it keeps them; negative: for ever
   */
  public record Topic(
      int partitions, long maxRecordBytes, boolean logAppendTime, Duration retention) {}

  /**
   * Asks the brokers; blocks.
   *
   * @throws IllegalStateException if they do not answer within the limit, or refuse to
   */
  public static BrokerFacts ask(Map<String, String> client, List<String> names, Duration limit) {
    Map<String, Object> settings = new HashMap<>(client);
    settings.put("default.api.timeout.ms", Long.toString(limit.toMillis()));
    settings.put("request.timeout.ms", Long.toString(limit.toMillis()));
    try (Admin admin = Admin.create(settings)) {
      return new BrokerFacts(
          AdminCalls.answer(admin.describeCluster().nodes(), limit).size(),
          AdminCalls.longestTransaction(admin),
          topics(admin, names));
    } catch (KafkaException e) {
      throw unanswered(client, e);
    }
  }

  private static IllegalStateException unanswered(Map<String, String> client, Throwable cause) {
    return new IllegalStateException(
        "no answer from Kafka at " + client.get("bootstrap.servers") + ": " + cause.getMessage(),
        cause);
  }

  private static Map<String, Topic> topics(Admin admin, List<String> names) {
    Map<String, Topic> found = new HashMap<>();
    admin
        .describeTopics(names)
        .topicNameValues()
        .forEach(
            (name, asked) -> {
              try {
                int partitions = AdminCalls.answer(asked).partitions().size();
                found.put(name, topic(partitions, AdminCalls.topicSettings(admin, name)));
              } catch (UnknownTopicOrPartitionException e) {
                LOG.debug("topic {} is not there", name);
              }
            });
    return found;
  }

  private static Topic topic(int partitions, Config settings) {
    return new Topic(
        partitions,
        AdminCalls.number(settings, "max.message.bytes"),
        settings.get("message.timestamp.type").value().equals("LogAppendTime"),
        Duration.ofMillis(AdminCalls.number(settings, "retention.ms")));
  }
}
