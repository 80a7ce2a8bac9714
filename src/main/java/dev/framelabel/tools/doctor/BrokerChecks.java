package dev.framelabel.tools.doctor;

import dev.framelabel.config.Delivery;
import dev.framelabel.config.KafkaOptions;
import dev.framelabel.kafka.admin.BrokerFacts;
import dev.framelabel.kafka.admin.Finding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Judges a Kafka cluster against the job's options; asks nobody. */
final class BrokerChecks {
  private BrokerChecks() {}

  static List<Finding> of(BrokerFacts facts, KafkaOptions options) {
    List<Finding> findings = new ArrayList<>();
    findings.add(Finding.ok("brokers", facts.brokers() + " reached"));
    findings.add(transactions(facts.longestTransaction(), options));
    findings.add(frames(facts, options));
    for (String topic : outputs(options)) {
      findings.add(output(topic, facts.topics().get(topic), options));
    }
    return findings;
  }

  static List<String> topics(KafkaOptions options) {
    List<String> topics = new ArrayList<>(outputs(options));
    topics.add(options.get(KafkaOptions.FRAMES_TOPIC));
    return topics;
  }

  private static List<String> outputs(KafkaOptions options) {
    return List.of(
        options.get(KafkaOptions.LABELS_TOPIC), options.get(KafkaOptions.REJECTED_TOPIC));
  }

  private static Finding transactions(Duration most, KafkaOptions options) {
    Duration wanted = options.get(KafkaOptions.TRANSACTION_TIMEOUT);
    String subject = "transaction timeout";
    if (options.get(KafkaOptions.DELIVERY) != Delivery.EXACTLY_ONCE) {
      return Finding.skipped(subject, "delivery is at-least-once: there are no transactions");
    }
    String found = wanted.toSeconds() + " s; the brokers allow " + most.toSeconds() + " s";
    return wanted.compareTo(most) <= 0
        ? Finding.ok(subject, found)
        : Finding.failed(
            subject,
            found,
            "lower --transaction-timeout, or raise transaction.max.timeout.ms on the brokers");
  }

  private static Finding frames(BrokerFacts facts, KafkaOptions options) {
    String name = options.get(KafkaOptions.FRAMES_TOPIC);
    String subject = "topic " + name;
    BrokerFacts.Topic topic = facts.topics().get(name);
    if (topic == null) {
      return missing(subject);
    }
    long record = options.get(KafkaOptions.MAX_RECORD_SIZE).getBytes();
    String found =
        topic.partitions() + " partitions, records of up to " + topic.maxRecordBytes() + " bytes";
    return topic.maxRecordBytes() <= record + (record >> 3)
        ? Finding.ok(subject, found)
        : Finding.warning(
            subject,
            found
                + "; --max-record-size is "
                + record
                + ": of larger rejected frames only the beginning is kept",
            "raise --max-record-size, and max.message.bytes of the rejected topic, to as much");
  }

  private static Finding output(String name, BrokerFacts.Topic topic, KafkaOptions options) {
    String subject = "topic " + name;
    if (topic == null) {
      return missing(subject);
    }
    long record = options.get(KafkaOptions.MAX_RECORD_SIZE).getBytes();
    String found = "records of up to " + topic.maxRecordBytes() + " bytes";
    if (topic.maxRecordBytes() < record) {
      return Finding.failed(
          subject,
          found + "; the job writes up to " + record,
          "raise the topic's max.message.bytes to " + record + ", or lower --max-record-size");
    }
    if (!topic.logAppendTime()) {
      return Finding.warning(
          subject,
          found + ", and timestamps are the producer's",
          "set message.timestamp.type=LogAppendTime: a wrong clock can make the broker refuse records");
    }
    return Finding.ok(subject, topic.partitions() + " partitions, " + found);
  }

  private static Finding missing(String subject) {
    return Finding.failed(subject, "is not there", "framelabel topics create");
  }
}
