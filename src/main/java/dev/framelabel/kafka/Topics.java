package dev.framelabel.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;

/** Makes the topics that a job needs, with the settings that frames need. */
public final class Topics {
  private Topics() {}

  /**
   * Creates those topics that do not exist; the others are left as they are.
   *
   * @param replication copies of each partition; brokers that hold them
   * @param maxRecordBytes the largest record that the topics take
   * @return the names of the topics that were created
   */
  public static List<String> create(
      Map<String, String> client,
      List<String> names,
      int partitions,
      short replication,
      int maxRecordBytes) {
    return create(client, names, partitions, replication, settings(maxRecordBytes));
  }

  /**
   * As the other, and says how long records are kept.
   *
   * @param retention how long the topics keep a record
   */
  public static List<String> create(
      Map<String, String> client,
      List<String> names,
      int partitions,
      short replication,
      int maxRecordBytes,
      Duration retention) {
    Map<String, String> settings = new HashMap<>(settings(maxRecordBytes));
    settings.put("retention.ms", Long.toString(retention.toMillis()));
    return create(client, names, partitions, replication, settings);
  }

  private static Map<String, String> settings(int maxRecordBytes) {
    return Map.of(
        "max.message.bytes",
        Integer.toString(maxRecordBytes),
        // A camera's clock must not decide whether the broker takes a record.
        "message.timestamp.type",
        "LogAppendTime");
  }

  private static List<String> create(
      Map<String, String> client,
      List<String> names,
      int partitions,
      short replication,
      Map<String, String> settings) {
    try (Admin admin = Admin.create(Map.copyOf(client))) {
      return names.stream()
          .filter(
              name ->
                  createOne(admin, new NewTopic(name, partitions, replication).configs(settings)))
          .toList();
    }
  }

  private static boolean createOne(Admin admin, NewTopic topic) {
    try {
      admin.createTopics(List.of(topic)).all().get();
      return true;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TopicExistsException) {
        return false;
      }
      throw new IllegalStateException(
          "topic " + topic.name() + " cannot be created: " + e.getCause().getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(
          "interrupted while topic " + topic.name() + " was created", e);
    }
  }
}
