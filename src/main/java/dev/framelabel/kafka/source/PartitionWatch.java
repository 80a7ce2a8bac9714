package dev.framelabel.kafka.source;

import dev.framelabel.kafka.admin.AdminCalls;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watch that asks the broker for the offsets of a reader's partitions at regular intervals, on a
 * thread of its own: three requests each time, whatever the load. Needs no permission that reading
 * does not need.
 */
final class PartitionWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PartitionWatch.class);
  private static final int TIMEOUT_MILLIS = 10_000;
  private static final long CLOSE_MILLIS = 5_000;

  private final Properties client = new Properties();
  private final Duration interval;
  private final PartitionProgress progress;
  private final Thread thread = new Thread(this::run, "framelabel-partition-watch");
  private boolean failed;

  /**
   * Prepares the watch; {@link #start} starts its thread.
   *
   * @param client properties of the Kafka client, {@code bootstrap.servers} among them
   */
  PartitionWatch(Map<String, String> client, Duration interval, PartitionProgress progress) {
    this.client.putAll(client);
    this.client.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
    this.client.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
    this.interval = interval;
    this.progress = progress;
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  private void run() {
    try (Admin admin = Admin.create(client)) {
      while (true) {
        TimeUnit.NANOSECONDS.sleep(interval.toNanos());
        tryLook(admin);
      }
    } catch (InterruptedException e) {
      // close() ends the thread.
    } catch (KafkaException e) {
      LOG.warn(
          "The offsets of the frames topic are not watched, because Kafka's admin client cannot be"
              + " made. Frames are labelled; offsetsSkipped and partitionsWaitingAtLastStableOffset"
              + " stay as they are. Check --kafka-properties. See docs/guides/security.md, section"
              + " 'TLS and SASL for Kafka'",
          e);
    }
  }

  private void tryLook(Admin admin) {
    try {
      look(admin);
      failed = false;
    } catch (KafkaException e) {
      // The reader has the same trouble, and says so; one line is enough.
      if (!failed && !thread.isInterrupted()) {
        LOG.warn(
            "No answer from Kafka about the offsets of the frames topic; the job asks again every"
                + " {} s. Likely cause: a broker is down, or this user lacks DESCRIBE on the topic."
                + " See the runbook, section 'No results'. Kafka says: {}",
            interval.toSeconds(),
            e.toString());
      }
      failed = true;
    }
  }

  private void look(Admin admin) {
    List<TopicPartition> partitions = progress.partitions();
    if (partitions.isEmpty()) {
      return;
    }
    Map<TopicPartition, Long> stable =
        AdminCalls.offsets(admin, partitions, OffsetSpec.latest(), IsolationLevel.READ_COMMITTED);
    Map<TopicPartition, Long> end =
        AdminCalls.offsets(admin, partitions, OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED);
    Map<TopicPartition, Long> start =
        AdminCalls.offsets(
            admin, partitions, OffsetSpec.earliest(), IsolationLevel.READ_UNCOMMITTED);
    for (TopicPartition partition : partitions) {
      progress.look(
          partition,
          new PartitionProgress.Offsets(
              start.get(partition), stable.get(partition), end.get(partition)));
    }
  }

  /** Ends the thread; waits for it for some seconds. */
  @Override
  public void close() throws InterruptedException {
    thread.interrupt();
    thread.join(CLOSE_MILLIS);
  }
}
