package dev.framelabel.kafka.admin;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/** Blocking helpers for common {@code Admin} requests. */
public final class AdminCalls {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private AdminCalls() {}

  /**
   * Blocks until the answer is there, for 30 seconds at most.
   *
   * @throws KafkaException the broker's error, or a timeout
   */
  public static <T> T answer(KafkaFuture<T> future) {
    return answer(future, LIMIT);
  }

  /**
   * Blocks until the answer is there.
   *
   * @param limit the longest time to wait
   * @throws KafkaException the broker's error, or a timeout
   */
  public static <T> T answer(KafkaFuture<T> future, Duration limit) {
    try {
      return future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException known ? known : new KafkaException(e.getCause());
    } catch (TimeoutException e) {
      throw new org.apache.kafka.common.errors.TimeoutException(
          "no answer in " + limit.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted while waiting for the answer", e);
    }
  }

  /**
   * Blocks for a time, between two requests.
   *
   * @throws KafkaException if the thread is interrupted
   */
  public static void pause(Duration time) {
    try {
      TimeUnit.NANOSECONDS.sleep(time.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted while waiting between two requests", e);
    }
  }

  /** Returns all settings of a topic. */
  public static Config topicSettings(Admin admin, String topic) {
    return settings(admin, new ConfigResource(ConfigResource.Type.TOPIC, topic));
  }

  /** Returns {@code transaction.max.timeout.ms} of one broker, which stands for all. */
  public static Duration longestTransaction(Admin admin) {
    String broker = answer(admin.describeCluster().nodes()).iterator().next().idString();
    Config settings = settings(admin, new ConfigResource(ConfigResource.Type.BROKER, broker));
    return Duration.ofMillis(number(settings, "transaction.max.timeout.ms"));
  }

  /** Returns the value of a numeric setting. */
  public static long number(Config settings, String key) {
    return Long.parseLong(settings.get(key).value());
  }

  /**
   * Returns an offset of each partition.
   *
   * @param which earliest: the log start offset; latest: the high watermark, or with {@code
   *     READ_COMMITTED} the last stable offset
   */
  public static Map<TopicPartition, Long> offsets(
      Admin admin,
      Collection<TopicPartition> partitions,
      OffsetSpec which,
      IsolationLevel isolation) {
    Map<TopicPartition, OffsetSpec> wanted =
        partitions.stream().collect(Collectors.toMap(partition -> partition, p -> which));
    return answer(admin.listOffsets(wanted, new ListOffsetsOptions(isolation)).all())
        .entrySet()
        .stream()
        .collect(Collectors.toMap(Map.Entry::getKey, found -> found.getValue().offset()));
  }

  private static Config settings(Admin admin, ConfigResource of) {
    return answer(admin.describeConfigs(List.of(of)).all()).get(of);
  }
}
