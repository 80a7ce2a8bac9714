package dev.framelabel.kafka;

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
    Map<String, String> settings =
        Map.of(
            "max.message.bytes",
            Integer.toString(maxRecordBytes),
            // A camera's clock must not decide whether the broker takes a record.
            "message.timestamp.type",
            "LogAppendTime");
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
