package dev.framelabel.kafka.source;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.metrics.Counter;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Progress of one reader of frames in each partition, judged against the broker's offsets at
 * regular looks. Decides two things; sends no request. Thread-safe.
 *
 * <p>Offsets skipped: retention removed them before they were read. A gap between two records is no
 * proof, for transaction markers and aborted records leave gaps too: only the part of a gap that
 * lies below the log start offset counts.
 *
 * <p>Waiting at the last stable offset: all that is committed was read, and an open transaction
 * keeps the rest from {@code read_committed} readers.
 */
final class PartitionProgress {
  private static final Logger LOG = LoggerFactory.getLogger(PartitionProgress.class);
  private static final long UNKNOWN = -1;

  /** Gaps of a partition between two looks; further ones are not judged. */
  private static final int MOST_GAPS = 10_000;

  private final Map<TopicPartition, State> partitions = new HashMap<>();
  private final Counter skipped;
  private volatile boolean idle;

  /**
   * Offsets of a partition on the broker.
   *
   * @param start the log start offset
   * @param stable the last stable offset
   * @param end the high watermark
   */
  record Offsets(long start, long stable, long end) {}

  /** Offsets that were left out, from the first until before the second. */
  private record Gap(long from, long to) {}

  private static final class State {
    private final Queue<Gap> gaps = new ArrayDeque<>();
    private long next = UNKNOWN;
    private long stop = Long.MAX_VALUE;
    private long stable = UNKNOWN;
    private boolean arrived;
    private boolean waiting;
  }

  /**
   * Starts without partitions; {@link #assigned} adds them.
   *
   * @param skipped counts the offsets skipped; read by any thread
   */
  PartitionProgress(Counter skipped) {
    this.skipped = skipped;
  }

  /** Takes partitions that the reader was given; a restored one says where it goes on. */
  synchronized void assigned(List<KafkaPartitionSplit> splits) {
    for (KafkaPartitionSplit split : splits) {
      State state = state(split.getTopicPartition());
      state.next = Math.max(UNKNOWN, split.getStartingOffset());
      // A bounded reader waits for transactions that were open when it started, not for later ones.
      state.stop = split.getStoppingOffset().filter(offset -> offset >= 0).orElse(Long.MAX_VALUE);
    }
  }

  /** Takes note of a record that was read. */
  synchronized void read(String topic, int partition, long offset) {
    State state = state(new TopicPartition(topic, partition));
    if (state.next != UNKNOWN && offset > state.next && state.gaps.size() < MOST_GAPS) {
      state.gaps.add(new Gap(state.next, offset));
    }
    state.next = offset + 1;
    state.arrived = true;
  }

  /**
   * Takes note of whether the reader has handed on all that it fetched.
   *
   * @param nothingLeft whether it waits for more now
   */
  void idle(boolean nothingLeft) {
    idle = nothingLeft;
  }

  /** Returns the partitions to ask the broker about. */
  synchronized List<TopicPartition> partitions() {
    return List.copyOf(partitions.keySet());
  }

  /**
   * Judges a partition by what the broker says now. Looks must be seconds apart: a reader that is
   * idle at this one is taken to have read what was committed at the one before.
   */
  synchronized void look(TopicPartition partition, Offsets now) {
    State state = state(partition);
    boolean readAll = idle && !state.arrived;
    // A bounded reader leaves what comes after its stop.
    long reached = Math.min(state.stable, state.stop);
    if (readAll && reached > state.next) {
      if (state.next != UNKNOWN) {
        state.gaps.add(new Gap(state.next, reached));
      }
      state.next = reached;
    }
    count(partition, state.gaps, now.start());
    state.waiting =
        readAll
            && state.stable == now.stable()
            && now.stable() < now.end()
            && now.stable() < state.stop;
    state.stable = now.stable();
    state.arrived = false;
  }

  private void count(TopicPartition partition, Queue<Gap> gaps, long start) {
    long lost = 0;
    long first = UNKNOWN;
    long last = UNKNOWN;
    for (Gap gap : gaps) {
      long to = Math.min(gap.to(), start);
      if (to > gap.from()) {
        first = first == UNKNOWN ? gap.from() : first;
        last = to - 1;
        lost += to - gap.from();
      }
    }
    gaps.clear();
    if (lost > 0) {
      skipped.inc(lost);
      LOG.error(
          "Data loss detected: retention removed {} offsets of partition={} before the job read them"
              + " (offsets {} to {}, log start offset {}). Transaction markers among them are counted"
              + " too. Likely cause: the job was down or behind for longer than retention.ms of the"
              + " topic. Raise retention.ms, or give the job more capacity. See the runbook, section 'Frames lost by retention'",
          lost,
          partition,
          first,
          last,
          start);
    }
  }

  /** Returns how many partitions waited at their last stable offset at the last look. */
  synchronized int waiting() {
    return (int) partitions.values().stream().filter(state -> state.waiting).count();
  }

  private State state(TopicPartition partition) {
    return partitions.computeIfAbsent(partition, unknown -> new State());
  }
}
