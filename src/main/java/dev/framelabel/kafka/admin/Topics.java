package dev.framelabel.kafka.admin;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TopicExistsException;

/**
 * Creation of the topics that a job needs. Every topic gets {@code max.message.bytes}, {@code
 * message.timestamp.type=LogAppendTime} and {@code min.insync.replicas}: 2 from 3 replicas on, so
 * that an acknowledged record survives the loss of a broker, else 1.
 */
public final class Topics {
  private static final int ASKING_MILLIS = 5_000;
  private static final int REPLICAS_FOR_TWO_IN_SYNC = 3;

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
    return create(client, names, partitions, replication, settings(replication, maxRecordBytes));
  }

  /** Returns the settings that each topic of a job has, apart from its retention. */
  public static Map<String, String> settings(int replication, int maxRecordBytes) {
    return Map.of(
        "min.insync.replicas",
        replication >= REPLICAS_FOR_TWO_IN_SYNC ? "2" : "1",
        "max.message.bytes",
        Integer.toString(maxRecordBytes),
        // A camera's clock must not decide whether the broker takes a record.
        "message.timestamp.type",
        "LogAppendTime");
  }

  /**
   * Creates those topics that do not exist; the others are left as they are.
   *
   * @param settings of each topic, such as {@link #settings}
   * @return the names of the topics that were created
   */
  public static List<String> create(
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

  /**
   * Creates a compacted topic, which keeps the newest record of each key, with the brokers' number
   * of copies; one that exists is left as it is.
   *
   * @return whether it was created
   */
  public static boolean createCompacted(Map<String, String> client, String name) {
    Map<String, String> settings =
        Map.of(
            "cleanup.policy",
            "compact",
            "message.timestamp.type",
            "LogAppendTime",
            // The broker leaves the newest segment as it is, so that must not last.
            "segment.ms",
            "600000",
            "min.cleanable.dirty.ratio",
            "0.1");
    try (Admin admin = Admin.create(Map.copyOf(client))) {
      NewTopic topic = new NewTopic(name, Optional.of(1), Optional.empty());
      return createOne(admin, topic.configs(settings));
    }
  }

  /** Returns the largest record that a topic takes; empty where it cannot be asked. */
  public static OptionalInt maxRecordBytes(Map<String, String> client, String name) {
    try {
      return OptionalInt.of(Integer.parseInt(setting(client, name, "max.message.bytes")));
    } catch (IllegalStateException e) {
      return OptionalInt.empty();
    }
  }

  /**
   * Returns the value of a topic's setting.
   *
   * @throws IllegalStateException if it cannot be asked within some seconds
   */
  public static String setting(Map<String, String> client, String name, String setting) {
    Map<String, Object> patient = new HashMap<>(client);
    patient.put("default.api.timeout.ms", ASKING_MILLIS);
    patient.put("request.timeout.ms", ASKING_MILLIS);
    try (Admin admin = Admin.create(patient)) {
      return AdminCalls.topicSettings(admin, name).get(setting).value();
    } catch (KafkaException e) {
      throw new IllegalStateException(
          "cannot read the settings of topic " + name + ": " + e.getMessage(), e);
    }
  }

  private static boolean createOne(Admin admin, NewTopic topic) {
    try {
      Void ignored = AdminCalls.answer(admin.createTopics(List.of(topic)).all());
      return true;
    } catch (TopicExistsException e) {
      return false;
    } catch (KafkaException e) {
      throw new IllegalStateException(
          "topic " + topic.name() + " cannot be created: " + e.getMessage(), e);
    }
  }
}
