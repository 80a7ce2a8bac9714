package dev.framelabel.kafka.admin;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;

/** Waiting for a broker's answer, and what it is asked most. All of it blocks. */
public final class AdminCalls {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private AdminCalls() {}

  /**
   * The answer, which has to come within half a minute.
   *
   * @throws KafkaException what the broker answered instead, or that it did not
   */
  public static <T> T answer(KafkaFuture<T> asked) {
    return answer(asked, LIMIT);
  }

  /** As the other, with another limit. */
  public static <T> T answer(KafkaFuture<T> asked, Duration limit) {
    try {
      return asked.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException known ? known : new KafkaException(e.getCause());
    } catch (TimeoutException e) {
      throw new org.apache.kafka.common.errors.TimeoutException(
          "no answer in " + limit.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted", e);
    }
  }

  /** All settings of a topic. */
  public static Config topicSettings(Admin admin, String topic) {
    return settings(admin, new ConfigResource(ConfigResource.Type.TOPIC, topic));
  }

  /** The brokers' {@code transaction.max.timeout.ms}; one is asked for all. */
  public static Duration longestTransaction(Admin admin) {
    String broker = answer(admin.describeCluster().nodes()).iterator().next().idString();
    Config settings = settings(admin, new ConfigResource(ConfigResource.Type.BROKER, broker));
    return Duration.ofMillis(number(settings, "transaction.max.timeout.ms"));
  }

  /** A setting that is a number. */
  public static long number(Config settings, String key) {
    return Long.parseLong(settings.get(key).value());
  }

  private static Config settings(Admin admin, ConfigResource of) {
    return answer(admin.describeConfigs(List.of(of)).all()).get(of);
  }
}
