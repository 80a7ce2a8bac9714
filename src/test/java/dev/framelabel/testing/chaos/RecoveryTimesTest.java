package dev.framelabel.testing.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RecoveryTimesTest {
  @Test
  void table_medianAndWorstOfEachFault() {
    RecoveryTimes times = new RecoveryTimes();
    for (double seconds : new double[] {9, 1, 2, 7}) {
      times.add("disk full", seconds);
    }
    times.add("broker killed", 3);
    assertThat(times.table().lines().map(line -> line.strip().replaceAll(" {2,}", "|")))
        .containsExactly(
            "fault|times|median|worst", "disk full|4|4.5 s|9.0 s", "broker killed|1|3.0 s|3.0 s");
    assertThat(times.median()).isEqualTo(3);
    assertThat(times.worst()).isEqualTo(9);
  }

  @Test
  void median_noFault_zero() {
    assertThat(new RecoveryTimes().median()).isZero();
    assertThat(new RecoveryTimes().worst()).isZero();
  }
}
