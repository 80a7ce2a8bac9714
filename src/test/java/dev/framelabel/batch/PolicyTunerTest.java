package dev.framelabel.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The tuner on devices whose steps take {@code fixed + perItem x size}. */
class PolicyTunerTest {
  private static final int LARGEST = 16;
  private static final long MILLI = Duration.ofMillis(1).toNanos();

  @Test
  void stepDone_gpuWithRoom_fullBatchesAndADelayOfTheFixedPart() {
    BatchPolicy tuned = tune(100 * MILLI, 2 * MILLI, 120_000);
    assertThat(tuned.maxSize()).isEqualTo(LARGEST);
    assertThat(tuned.maxDelayNanos()).isCloseTo(2 * MILLI, within(MILLI / 10));
  }

  @Test
  void stepDone_slowDevice_batchesWhoseTwoStepsKeepTheTarget() {
    BatchPolicy tuned = tune(200 * MILLI, MILLI, 20 * MILLI);
    assertThat(2L * (MILLI + 20L * tuned.maxSize() * MILLI)).isLessThanOrEqualTo(200 * MILLI);
    assertThat(tuned.maxSize()).isEqualTo(4);
    assertThat(tuned.maxDelayNanos()).isBetween(0L, MILLI + MILLI / 10);
  }

  @Test
  void stepDone_targetOutOfReach_givesUpATenthOfTheThroughputAtMost() {
    BatchPolicy tuned = tune(MILLI, 10 * MILLI, MILLI);
    double full = 16.0 / (10 + 16);
    assertThat(tuned.maxSize() / (10.0 + tuned.maxSize())).isGreaterThanOrEqualTo(0.9 * full);
    assertThat(tuned.maxSize()).isLessThan(LARGEST);
    assertThat(tuned.maxDelayNanos()).isZero();
  }

  @Test
  void stepDone_singleFramesOnly_triesCompany() {
    PolicyTuner tuner = new PolicyTuner(BatchPolicy.auto(LARGEST, 100 * MILLI));
    BatchPolicy tuned = BatchPolicy.auto(LARGEST, 100 * MILLI);
    for (int i = 0; i < 50; i++) {
      tuned = tuner.stepDone(1, 3 * MILLI);
    }
    assertThat(tuned.maxSize()).isEqualTo(LARGEST);
    assertThat(tuned.maxDelayNanos()).isCloseTo(3 * MILLI, within(1_000L));
  }

  @Test
  void stepDone_deviceThatBecomesSlower_isFollowed() {
    PolicyTuner tuner = new PolicyTuner(BatchPolicy.auto(LARGEST, 200 * MILLI));
    feed(tuner, MILLI, MILLI);
    BatchPolicy tuned = feed(tuner, MILLI, 20 * MILLI);
    assertThat(tuned.maxSize()).isBetween(4, 5);
  }

  @Test
  void stepDone_fewSteps_changesNothing() {
    BatchPolicy limits = BatchPolicy.auto(LARGEST, MILLI);
    assertThat(new PolicyTuner(limits).stepDone(3, 50 * MILLI)).isEqualTo(limits);
  }

  private static BatchPolicy tune(long target, long fixed, long perItem) {
    return feed(new PolicyTuner(BatchPolicy.auto(LARGEST, target)), fixed, perItem);
  }

  private static BatchPolicy feed(PolicyTuner tuner, long fixed, long perItem) {
    Random random = new Random(3);
    BatchPolicy tuned = BatchPolicy.auto(LARGEST, 1);
    for (int i = 0; i < 500; i++) {
      int size = 1 + random.nextInt(tuned.maxSize());
      tuned = tuner.stepDone(size, fixed + size * perItem);
    }
    return tuned;
  }
}
