package dev.framelabel.kafka.admin;

import dev.framelabel.config.Delivery;
import dev.framelabel.config.KafkaOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Topics and group: there, permitted, and large enough for the results. */
final class TopicChecks {
  private static final Logger LOG = LoggerFactory.getLogger(TopicChecks.class);

  private final Admin admin;
  private final KafkaOptions options;
  private final List<String> refusals = new ArrayList<>();

  TopicChecks(Admin admin, KafkaOptions options) {
    this.admin = admin;
    this.options = options;
  }

  /**
   * @throws org.apache.kafka.common.KafkaException if the brokers do not answer
   */
  List<String> refusals() {
    // The commit guard reads the topics that it writes.
    Set<AclOperation> results =
        options.get(KafkaOptions.DELIVERY) == Delivery.EXACTLY_ONCE
            ? Set.of(AclOperation.WRITE, AclOperation.READ)
            : Set.of(AclOperation.WRITE);
    checkTopic("--frames-topic", options.get(KafkaOptions.FRAMES_TOPIC), Set.of(AclOperation.READ));
    if (checkTopic("--labels-topic", options.get(KafkaOptions.LABELS_TOPIC), results)) {
      checkSize(options.get(KafkaOptions.LABELS_TOPIC));
    }
    if (checkTopic("--rejected-topic", options.get(KafkaOptions.REJECTED_TOPIC), results)) {
      checkSize(options.get(KafkaOptions.REJECTED_TOPIC));
    }
    checkGroup(options.get(KafkaOptions.GROUP_ID));
    return refusals;
  }

  private boolean checkTopic(String option, String topic, Set<AclOperation> needed) {
    try {
      TopicDescription found =
          AdminCalls.answer(
              admin
                  .describeTopics(
                      List.of(topic), new DescribeTopicsOptions().includeAuthorizedOperations(true))
                  .topicNameValues()
                  .get(topic));
      requirePermission(
          "topic " + topic + " (" + option + ")", found.authorizedOperations(), needed);
      return true;
    } catch (UnknownTopicOrPartitionException e) {
      refusals.add(
          "topic "
              + topic
              + " ("
              + option
              + ") is not there. Create it with 'framelabel topics create', or correct "
              + option);
    } catch (AuthorizationException e) {
      refusals.add(forbidden("topic " + topic + " (" + option + ")", needed));
    }
    return false;
  }

  private void requirePermission(String what, Set<AclOperation> has, Set<AclOperation> needed) {
    if (has != null && !has.contains(AclOperation.ALL) && !has.containsAll(needed)) {
      refusals.add(forbidden(what, needed));
    }
  }

  private static String forbidden(String what, Set<AclOperation> needed) {
    return what
        + " may not be used by this user; the job needs "
        + needed.stream().sorted().toList()
        + ". Give those permissions (kafka-acls --add), or name another user in --kafka-properties";
  }

  private void checkSize(String topic) {
    long wanted = options.get(KafkaOptions.MAX_RECORD_SIZE).getBytes();
    try {
      long taken = AdminCalls.number(AdminCalls.topicSettings(admin, topic), "max.message.bytes");
      if (taken < wanted) {
        refusals.add(
            "topic "
                + topic
                + " takes records of "
                + taken
                + " bytes (max.message.bytes), but --max-record-size is "
                + wanted
                + " bytes: the broker would refuse a larger result, and fail the job. Give --max-record-size "
                + taken
                + "b or less, or raise the topic's max.message.bytes");
      }
    } catch (AuthorizationException e) {
      LOG.info("max.message.bytes of topic {} is not checked: {}", topic, e.getMessage());
    }
  }

  private void checkGroup(String group) {
    String what = "consumer group " + group + " (--group-id)";
    try {
      ConsumerGroupDescription found =
          AdminCalls.answer(
              admin
                  .describeConsumerGroups(
                      List.of(group),
                      new DescribeConsumerGroupsOptions().includeAuthorizedOperations(true))
                  .describedGroups()
                  .get(group));
      requirePermission(what, found.authorizedOperations(), Set.of(AclOperation.READ));
    } catch (GroupIdNotFoundException e) {
      LOG.debug("consumer group {} is new", group);
    } catch (AuthorizationException e) {
      refusals.add(forbidden(what, Set.of(AclOperation.READ)));
    }
  }
}
