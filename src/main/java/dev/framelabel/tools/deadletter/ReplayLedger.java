package dev.framelabel.tools.deadletter;

import java.util.Base64;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;

/**
 * Which records of a rejected topic have been replayed. The broker keeps it, where every replay
 * finds it and no topic is needed for it: in the metadata of offsets that consumer groups of its
 * own have committed, a bit for each record and a group for each {@value #RECORDS} offsets. They
 * last as long as committed offsets do ({@code offsets.retention.minutes}, a week), and go with
 * their topic. Not thread-safe, and not for two replays at the same time: the later one's notes
 * replace the earlier one's.
 */
final class ReplayLedger implements AutoCloseable {
  /** Ids of the groups begin so. */
  static final String GROUPS = "framelabel-replays.";

  /** 1 kB of bits; brokers take 4 kB of metadata by default. */
  private static final int RECORDS = 8192;

  private final Admin admin;
  private final String topic;
  private final Map<Page, BitSet> pages = new HashMap<>();

  /** Pages that have been written, so that the next note will not be refused. */
  private final Set<Page> writable = new HashSet<>();

  /** Neighbouring records of a partition, which stand in one committed offset. */
  private record Page(int partition, long number) {}

  /**
   * @param client properties of the Kafka client
   * @param topic of rejected frames
   */
  ReplayLedger(Map<String, String> client, String topic) {
    this.admin = Admin.create(Map.copyOf(client));
    this.topic = topic;
  }

  boolean contains(RejectedRecord rejected) {
    return bits(page(rejected)).get(bit(rejected));
  }

  /**
   * Makes sure that the record can be noted, before it is sent.
   *
   * @throws IllegalStateException if the broker does not let it be
   */
  void prepare(RejectedRecord rejected) {
    if (writable.add(page(rejected))) {
      write(rejected);
    }
  }

  /** Blocks until the broker has it. */
  void add(RejectedRecord rejected) {
    bits(page(rejected)).set(bit(rejected));
    write(rejected);
  }

  private void write(RejectedRecord rejected) {
    Page page = page(rejected);
    String metadata = Base64.getEncoder().encodeToString(bits(page).toByteArray());
    await(
        admin
            .alterConsumerGroupOffsets(
                group(page),
                Map.of(
                    new TopicPartition(topic, page.partition()),
                    new OffsetAndMetadata(rejected.offset() + 1, metadata)))
            .all());
  }

  private BitSet bits(Page page) {
    return pages.computeIfAbsent(page, this::read);
  }

  private BitSet read(Page page) {
    OffsetAndMetadata committed =
        await(admin.listConsumerGroupOffsets(group(page)).partitionsToOffsetAndMetadata())
            .get(new TopicPartition(topic, page.partition()));
    return committed == null
        ? new BitSet()
        : BitSet.valueOf(Base64.getDecoder().decode(committed.metadata()));
  }

  private <T> T await(KafkaFuture<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "what has been replayed is kept in consumer groups whose ids begin with "
              + GROUPS
              + topic
              + ", and the broker did not answer as it should: "
              + e.getCause().getMessage()
              + (e.getCause() instanceof AuthorizationException
                  ? "; grant Read on groups of that prefix and on the topic"
                  : ""),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private String group(Page page) {
    return GROUPS + topic + "." + page.number();
  }

  private static Page page(RejectedRecord rejected) {
    return new Page(rejected.partition(), rejected.offset() / RECORDS);
  }

  private static int bit(RejectedRecord rejected) {
    return (int) (rejected.offset() % RECORDS);
  }

  @Override
  public void close() {
    admin.close();
  }
}
