package dev.framelabel.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * What a Kafka cluster says of itself that matters to a labelling job.
 *
 * @param longestTransaction {@code transaction.max.timeout.ms}
 * @param topics those asked for that are there
 */
public record BrokerFacts(int brokers, Duration longestTransaction, Map<String, Topic> topics) {
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
      var nodes = get(admin.describeCluster().nodes(), limit);
      ConfigResource broker =
          new ConfigResource(ConfigResource.Type.BROKER, nodes.iterator().next().idString());
      Config ofBroker = get(admin.describeConfigs(List.of(broker)).all(), limit).get(broker);
      return new BrokerFacts(
          nodes.size(),
          Duration.ofMillis(number(ofBroker, "transaction.max.timeout.ms")),
          topics(admin, names, limit));
    } catch (KafkaException e) {
      throw unanswered(client, e);
    } catch (ExecutionException e) {
      throw unanswered(client, e.getCause());
    } catch (TimeoutException e) {
      throw unanswered(client, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unanswered(client, e);
    }
  }

  private static IllegalStateException unanswered(Map<String, String> client, Throwable cause) {
    return new IllegalStateException(
        "no answer from Kafka at " + client.get("bootstrap.servers") + ": " + cause.getMessage(),
        cause);
  }

  private static Map<String, Topic> topics(Admin admin, List<String> names, Duration limit)
      throws ExecutionException, InterruptedException, TimeoutException {
    Map<String, TopicDescription> found = new HashMap<>();
    for (var asked : admin.describeTopics(names).topicNameValues().entrySet()) {
      try {
        found.put(asked.getKey(), get(asked.getValue(), limit));
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw e;
        }
      }
    }
    List<ConfigResource> resources =
        found.keySet().stream()
            .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
            .toList();
    return get(admin.describeConfigs(resources).all(), limit).entrySet().stream()
        .collect(
            Collectors.toMap(
                one -> one.getKey().name(),
                one -> topic(found.get(one.getKey().name()), one.getValue())));
  }

  private static Topic topic(TopicDescription described, Config config) {
    return new Topic(
        described.partitions().size(),
        number(config, "max.message.bytes"),
        config.get("message.timestamp.type").value().equals("LogAppendTime"),
        Duration.ofMillis(number(config, "retention.ms")));
  }

  private static long number(Config config, String key) {
    return Long.parseLong(config.get(key).value());
  }

  private static <T> T get(KafkaFuture<T> future, Duration limit)
      throws ExecutionException, InterruptedException, TimeoutException {
    return future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
  }
}
