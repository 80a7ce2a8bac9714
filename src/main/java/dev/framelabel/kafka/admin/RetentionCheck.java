package dev.framelabel.kafka.admin;

import dev.framelabel.config.KafkaOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Frames that the topic's retention removed while no job of the group ran. */
final class RetentionCheck {
  private static final Logger LOG = LoggerFactory.getLogger(RetentionCheck.class);

  private RetentionCheck() {}

  /** One line for each partition that lost frames; the committed offsets tell. */
  static List<String> warnings(Admin admin, KafkaOptions options) {
    if (!options.get(KafkaOptions.FROM_TIMESTAMP).isEmpty()) {
      return List.of();
    }
    try {
      return gaps(admin, options);
    } catch (GroupIdNotFoundException | AuthorizationException e) {
      LOG.info("what the retention removed is not known: {}", e.getMessage());
      return List.of();
    }
  }

  private static List<String> gaps(Admin admin, KafkaOptions options) {
    String topic = options.get(KafkaOptions.FRAMES_TOPIC);
    Map<TopicPartition, OffsetAndMetadata> committed =
        AdminCalls.answer(
            admin
                .listConsumerGroupOffsets(options.get(KafkaOptions.GROUP_ID))
                .partitionsToOffsetAndMetadata());
    Map<TopicPartition, OffsetSpec> earliest = new HashMap<>();
    committed.forEach(
        (partition, offset) -> {
          if (offset != null && partition.topic().equals(topic)) {
            earliest.put(partition, OffsetSpec.earliest());
          }
        });
    Map<TopicPartition, ListOffsetsResultInfo> begins =
        AdminCalls.answer(admin.listOffsets(earliest).all());
    List<String> warnings = new ArrayList<>();
    begins.forEach(
        (partition, begin) -> {
          long gone = begin.offset() - committed.get(partition).offset();
          if (gone > 0) {
            warnings.add(story(partition, committed.get(partition).offset(), gone, options));
          }
        });
    return warnings;
  }

  private static String story(
      TopicPartition partition, long committed, long gone, KafkaOptions options) {
    return gone
        + " frames of "
        + partition
        + " are gone by the topic's retention (offsets "
        + committed
        + " to "
        + (committed + gone - 1)
        + ", after what group "
        + options.get(KafkaOptions.GROUP_ID)
        + " has read): they are not labelled. Give the topic a longer retention than the longest"
        + " pause of the job";
  }
}
