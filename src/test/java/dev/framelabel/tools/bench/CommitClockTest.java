package dev.framelabel.tools.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class CommitClockTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void perSecond_commitsOfWholeBatches_isTheSteadyRate() {
    CommitClock clock = new CommitClock();
    long batchesSoFar = 0;
    for (int second = 1; second <= 20; second++) {
      long batches = (long) (second * 1.25);
      clock.add((int) (8 * (batches - batchesSoFar)), second * SECOND);
      batchesSoFar = batches;
    }
    assertThat(clock.perSecond()).isCloseTo(10, within(0.1));
  }

  @Test
  void add_resultsWithinMillis_areOneCommit() {
    CommitClock clock = new CommitClock();
    clock.add(5, SECOND);
    clock.add(5, SECOND + 50_000_000);
    assertThat(clock.seen()).isEqualTo(10);
    assertThatThrownBy(clock::perSecond).hasMessageContaining("in one commit: too few");
  }
}
