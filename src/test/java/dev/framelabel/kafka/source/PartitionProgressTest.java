package dev.framelabel.kafka.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class PartitionProgressTest {
  private static final TopicPartition FIRST = new TopicPartition("frames", 0);
  private static final TopicPartition SECOND = new TopicPartition("frames", 1);

  private final Counter skipped = new SimpleCounter();
  private final PartitionProgress progress = new PartitionProgress(skipped);

  /** Each record in a transaction of its own: every second offset is a marker. */
  @Test
  void look_gapsAboveTheLogStart_areNoLoss() {
    for (int offset = 100; offset < 200; offset += 2) {
      read(FIRST, offset);
    }
    look(FIRST, 100, 200, 200);
    look(FIRST, 101, 200, 200);
    assertThat(skipped.getCount()).isZero();
  }

  @Test
  void look_gapsBelowTheLogStart_countAsFarAsThat() {
    read(FIRST, 100);
    read(SECOND, 7);
    read(FIRST, 150);
    read(SECOND, 9);
    read(FIRST, 160);
    look(FIRST, 150, 161, 161);
    look(SECOND, 8, 10, 10);
    assertThat(skipped.getCount()).isEqualTo(49);
    // What was judged once is not judged again.
    look(FIRST, 500, 500, 500);
    assertThat(skipped.getCount()).isEqualTo(49);
  }

  @Test
  void look_restoredBelowTheLogStart_countsFromTheRestoredOffset() {
    progress.assigned(List.of(new KafkaPartitionSplit(FIRST, 40)));
    read(FIRST, 60);
    look(FIRST, 55, 61, 61);
    assertThat(skipped.getCount()).isEqualTo(15);
  }

  @Test
  void look_startThatTheReaderChooses_isNoGap() {
    progress.assigned(
        List.of(
            new KafkaPartitionSplit(FIRST, KafkaPartitionSplit.EARLIEST_OFFSET),
            new KafkaPartitionSplit(SECOND, KafkaPartitionSplit.COMMITTED_OFFSET)));
    read(FIRST, 60);
    read(SECOND, 60);
    look(FIRST, 60, 61, 61);
    look(SECOND, 60, 61, 61);
    assertThat(skipped.getCount()).isZero();
  }

  /** The camera was quiet until retention had removed all, the last transaction's marker too. */
  @Test
  void look_idleReaderPassedTheMarker_laterRetentionIsNoLoss() {
    read(FIRST, 100);
    progress.idle(true);
    look(FIRST, 0, 102, 102);
    look(FIRST, 0, 102, 102);
    look(FIRST, 102, 102, 102);
    read(FIRST, 102);
    look(FIRST, 102, 103, 103);
    assertThat(skipped.getCount()).isZero();
  }

  /** The reader jumped to the log start, and nothing has come since. */
  @Test
  void look_idleReaderThatRetentionOvertook_countsTheLoss() {
    read(FIRST, 100);
    look(FIRST, 0, 140, 140);
    progress.idle(true);
    look(FIRST, 140, 140, 140);
    assertThat(skipped.getCount()).isEqualTo(39);
    look(FIRST, 140, 140, 140);
    assertThat(skipped.getCount()).isEqualTo(39);
  }

  @Test
  void waiting_stableOffsetStandsStillBelowTheEnd_untilItMoves() {
    read(FIRST, 100);
    progress.idle(true);
    look(FIRST, 0, 101, 110);
    assertThat(progress.waiting()).isZero();
    look(FIRST, 0, 101, 120);
    look(FIRST, 0, 101, 120);
    assertThat(progress.waiting()).isEqualTo(1);
    look(FIRST, 0, 120, 120);
    assertThat(progress.waiting()).isZero();
  }

  @Test
  void waiting_partitionThatNeverGaveARecord_isCounted() {
    progress.assigned(
        List.of(new KafkaPartitionSplit(FIRST, KafkaPartitionSplit.COMMITTED_OFFSET)));
    progress.idle(true);
    look(FIRST, 0, 0, 10);
    look(FIRST, 0, 0, 10);
    assertThat(progress.waiting()).isEqualTo(1);
  }

  /** Backpressure, and a reader that still has committed records to hand on. */
  @Test
  void waiting_readerThatIsBusy_isNot() {
    read(FIRST, 100);
    progress.idle(false);
    look(FIRST, 0, 150, 160);
    look(FIRST, 0, 150, 160);
    assertThat(progress.waiting()).isZero();
  }

  @Test
  void waiting_boundedPartition_endsAtItsStoppingOffset() {
    progress.assigned(
        List.of(new KafkaPartitionSplit(FIRST, 0, 5), new KafkaPartitionSplit(SECOND, 0, 8)));
    progress.idle(true);
    for (int i = 0; i < 2; i++) {
      look(FIRST, 0, 5, 10);
      look(SECOND, 0, 5, 10);
    }
    assertThat(progress.waiting()).isEqualTo(1);
  }

  private void read(TopicPartition partition, long offset) {
    progress.read(partition.topic(), partition.partition(), offset);
  }

  private void look(TopicPartition partition, long start, long stable, long end) {
    progress.look(partition, new PartitionProgress.Offsets(start, stable, end));
  }
}
