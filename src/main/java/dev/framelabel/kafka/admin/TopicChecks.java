package dev.framelabel.kafka.admin;

import dev.framelabel.config.Delivery;
import dev.framelabel.config.KafkaOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.flink.configuration.ConfigOption;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Checks of topics and group: they exist, access is permitted, and the topics' settings fit. */
final class TopicChecks {
  private static final String SIZE = "max.message.bytes";
  private static final String TIMESTAMP = "message.timestamp.type";
  private static final String APPEND_TIME = "LogAppendTime";
  private static final String IN_SYNC = "min.insync.replicas";
  private static final int REPLICAS_FOR_TWO_IN_SYNC = 3;

  private final Admin admin;
  private final KafkaOptions options;
  private final List<Finding> findings = new ArrayList<>();
  private List<TopicPartition> framePartitions = List.of();

  TopicChecks(Admin admin, KafkaOptions options) {
    this.admin = admin;
    this.options = options;
  }

  /**
   * Makes the checks, and notes the partitions of the frames topic. Blocks.
   *
   * @throws org.apache.kafka.common.KafkaException if the brokers do not answer
   */
  List<Finding> findings() {
    // The commit guard reads the topics that it writes.
    Set<AclOperation> results =
        options.get(KafkaOptions.DELIVERY) == Delivery.EXACTLY_ONCE
            ? Set.of(AclOperation.WRITE, AclOperation.READ)
            : Set.of(AclOperation.WRITE);
    Optional<TopicDescription> frames =
        described(KafkaOptions.FRAMES_TOPIC, Set.of(AclOperation.READ));
    frames.ifPresent(this::checkFrames);
    described(KafkaOptions.LABELS_TOPIC, results).ifPresent(this::checkResults);
    described(KafkaOptions.REJECTED_TOPIC, results).ifPresent(this::checkResults);
    checkGroup(options.get(KafkaOptions.GROUP_ID));
    framePartitions =
        frames.stream()
            .flatMap(topic -> topic.partitions().stream().map(info -> partition(topic, info)))
            .toList();
    return findings;
  }

  private static TopicPartition partition(TopicDescription topic, TopicPartitionInfo info) {
    return new TopicPartition(topic.name(), info.partition());
  }

  /**
   * Returns the partitions of the frames topic; none before {@link #findings}, or if it may not be
   * read.
   */
  List<TopicPartition> framePartitions() {
    return framePartitions;
  }

  /** Returns a topic that exists and may be described. */
  private Optional<TopicDescription> described(
      ConfigOption<String> option, Set<AclOperation> needed) {
    String topic = options.get(option);
    String flag = "--" + option.key();
    String subject = subject(topic);
    try {
      TopicDescription found =
          AdminCalls.answer(
              admin
                  .describeTopics(
                      List.of(topic), new DescribeTopicsOptions().includeAuthorizedOperations(true))
                  .topicNameValues()
                  .get(topic));
      if (permits(found.authorizedOperations(), needed)) {
        return Optional.of(found);
      }
      findings.add(forbidden(subject, flag, needed));
    } catch (UnknownTopicOrPartitionException e) {
      findings.add(
          Finding.failed(
              subject,
              "the topic does not exist (" + flag + ")",
              "Create it with 'framelabel topics create', or correct " + flag));
    } catch (AuthorizationException e) {
      findings.add(forbidden(subject, flag, needed));
    }
    return Optional.empty();
  }

  private static String subject(String topic) {
    return "topic " + topic;
  }

  private static boolean permits(Set<AclOperation> has, Set<AclOperation> needed) {
    return has == null || has.contains(AclOperation.ALL) || has.containsAll(needed);
  }

  private static Finding forbidden(String subject, String flag, Set<AclOperation> needed) {
    return Finding.failed(
        subject,
        "this user lacks permissions (%s); the job needs %s"
            .formatted(flag, needed.stream().sorted().toList()),
        "Grant them with 'kafka-acls --add', or name another user in --kafka-properties");
  }

  private void checkFrames(TopicDescription topic) {
    withSettings(
        topic,
        settings -> {
          long record = options.get(KafkaOptions.MAX_RECORD_SIZE).getBytes();
          long taken = AdminCalls.number(settings, SIZE);
          if (taken > record + (record >> 3)) {
            findings.add(
                Finding.warning(
                    subject(topic.name()),
                    "%s=%s, but --max-record-size is %s: a rejected record keeps only the beginning of a larger frame"
                        .formatted(SIZE, taken, record),
                    "Raise --max-record-size, and " + SIZE + " of the rejected topic, to as much"));
          }
        });
  }

  private void checkResults(TopicDescription topic) {
    withSettings(
        topic,
        settings -> {
          checkSize(topic.name(), AdminCalls.number(settings, SIZE));
          String timestamp = settings.get(TIMESTAMP).value();
          if (!timestamp.equals(APPEND_TIME)) {
            findings.add(
                Finding.warning(
                    subject(topic.name()),
                    "%s=%s; expected %s: the broker refuses the records of a worker whose clock is wrong"
                        .formatted(TIMESTAMP, timestamp, APPEND_TIME),
                    alter(topic.name(), TIMESTAMP, APPEND_TIME)));
          }
        });
  }

  private void checkSize(String topic, long taken) {
    long wanted = options.get(KafkaOptions.MAX_RECORD_SIZE).getBytes();
    if (taken < wanted) {
      findings.add(
          Finding.failed(
              subject(topic),
              SIZE
                  + "="
                  + taken
                  + ", but --max-record-size is "
                  + wanted
                  + ": the broker would refuse a larger result, and fail the job",
              "Raise "
                  + SIZE
                  + " of the topic to "
                  + wanted
                  + (taken < KafkaOptions.SMALLEST_RECORD_BYTES
                      ? "; at least "
                          + KafkaOptions.SMALLEST_RECORD_BYTES
                          + " are needed for a result whose fields are all at their limits"
                      : ", or give --max-record-size " + taken + "b")));
    }
  }

  /** Makes the checks of every topic and one of its own; adds one finding if all is well. */
  private void withSettings(TopicDescription topic, Consumer<Config> check) {
    String subject = subject(topic.name());
    int before = findings.size();
    try {
      Config settings = AdminCalls.topicSettings(admin, topic.name());
      check.accept(settings);
      checkReplicas(topic, settings);
      if (findings.size() == before) {
        findings.add(
            Finding.ok(
                subject,
                "%s partitions, records of up to %s bytes"
                    .formatted(topic.partitions().size(), settings.get(SIZE).value())));
      }
    } catch (AuthorizationException e) {
      findings.add(
          Finding.skipped(
              "settings of " + subject, "this user may not read them (DESCRIBE_CONFIGS)"));
    }
  }

  private void checkReplicas(TopicDescription topic, Config settings) {
    int replicas =
        topic.partitions().stream().mapToInt(info -> info.replicas().size()).min().orElse(0);
    if (replicas >= REPLICAS_FOR_TWO_IN_SYNC && AdminCalls.number(settings, IN_SYNC) < 2) {
      findings.add(
          Finding.warning(
              subject(topic.name()),
              "%s=%s with %s replicas; expected 2: an acknowledged record can be lost with one broker"
                  .formatted(IN_SYNC, settings.get(IN_SYNC).value(), replicas),
              alter(topic.name(), IN_SYNC, "2")));
    }
  }

  private static String alter(String topic, String key, String value) {
    return "Set it: kafka-configs --alter --entity-type topics --entity-name %s --add-config %s=%s"
        .formatted(topic, key, value);
  }

  private void checkGroup(String group) {
    String subject = "consumer group " + group;
    Set<AclOperation> needed = Set.of(AclOperation.READ);
    try {
      ConsumerGroupDescription found =
          AdminCalls.answer(
              admin
                  .describeConsumerGroups(
                      List.of(group),
                      new DescribeConsumerGroupsOptions().includeAuthorizedOperations(true))
                  .describedGroups()
                  .get(group));
      findings.add(
          permits(found.authorizedOperations(), needed)
              ? Finding.ok(subject, "permitted")
              : forbidden(subject, "--group-id", needed));
    } catch (GroupIdNotFoundException e) {
      findings.add(Finding.ok(subject, "new"));
    } catch (AuthorizationException e) {
      findings.add(forbidden(subject, "--group-id", needed));
    }
  }
}
