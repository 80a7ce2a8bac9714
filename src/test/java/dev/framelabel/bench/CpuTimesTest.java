package dev.framelabel.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.bench.CpuTimes.Worker;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class CpuTimesTest {
  @Test
  void worker_isKnownByTheThreadsName() {
    assertThat(Worker.of("framelabel-cpu-")).isEqualTo(Worker.DECODE_AND_DEVICE);
    assertThat(Worker.of("data-plane-kafk")).isEqualTo(Worker.BROKER);
    assertThat(Worker.of("kafka-producer-")).isEqualTo(Worker.FLINK_AND_CLIENTS);
    assertThat(Worker.of("Source: frames ")).isEqualTo(Worker.FLINK_AND_CLIENTS);
    assertThat(Worker.of("GC Thread#0")).isEqualTo(Worker.GARBAGE_COLLECTOR);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void nanos_ofThisProcess_rise() {
    Map<Worker, Long> before = CpuTimes.nanos();
    assertThat(before).isNotEmpty();
    assertThat(Cost.between(Map.of(), before, 1000).cores()).isNotEmpty();
  }

  @Test
  void job_isWithoutBrokerReaderAndCompiler() {
    Cost cost =
        Cost.between(
            Map.of(),
            Map.of(
                Worker.DECODE_AND_DEVICE, 2_000_000_000L,
                Worker.FLINK_AND_CLIENTS, 500_000_000L,
                Worker.BROKER, 9_000_000_000L),
            1000);
    assertThat(cost.job()).isEqualTo(2.5);
  }
}
