package dev.framelabel.kafka.source;

import java.util.HashMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts frames that were gone from their topic before they could be read: offsets that are left
 * out between two records of a partition. Control records of transactional publishers count too. Of
 * one reader since it started, not thread-safe.
 */
final class OffsetGaps {
  private static final Logger LOG = LoggerFactory.getLogger(OffsetGaps.class);
  private static final int MOST_LINES = 20;

  private final Map<TopicPartition, Long> next = new HashMap<>();
  private final Counter skipped;
  private int lines;

  OffsetGaps(Counter skipped) {
    this.skipped = skipped;
  }

  void see(String topic, int partition, long offset) {
    Long expected = next.put(new TopicPartition(topic, partition), offset + 1);
    if (expected != null && offset > expected) {
      skipped.inc(offset - expected);
      log(topic, partition, expected, offset);
    }
  }

  private void log(String topic, int partition, long expected, long found) {
    if (lines++ < MOST_LINES) {
      LOG.error(
          "{} offsets of topic {} partition {} were gone before they could be read ({} to {}): the"
              + " topic's retention has overtaken the job, or the publisher uses transactions. Give"
              + " the topic a longer retention, or the job more workers",
          found - expected,
          topic,
          partition,
          expected,
          found - 1);
    }
  }
}
