package dev.framelabel.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceTest {
  @ParameterizedTest
  @CsvSource({"cpu,cpu", "cuda,cuda:0", "cuda:3,cuda:3", "tensorrt:1,tensorrt:1", "CUDA:2,cuda:2"})
  void parse_knownDevice_readsIt(String text, String expected) {
    assertThat(Device.parse(text)).hasToString(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "gpu", "cuda:", "cuda:x", "cuda:-1", "cpu:1", "rocm:0"})
  void parse_unknownDevice_saysWhatIsExpected(String text) {
    assertThatThrownBy(() -> Device.parse(text))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("'" + text + "'")
        .hasMessageContaining("expected cpu, cuda:N, tensorrt:N or auto");
  }

  @Test
  void buckets_tensorRt_arePowersOfTwoAndTheMaximum() {
    BatchBuckets buckets = BatchBuckets.of(Device.parse("tensorrt:0"), 24);
    assertThat(buckets.warmUp()).containsExactly(1, 2, 4, 8, 16, 24);
    assertThat(buckets.atLeast(1)).isEqualTo(1);
    assertThat(buckets.atLeast(5)).isEqualTo(8);
    assertThat(buckets.atLeast(17)).isEqualTo(24);
  }

  @Test
  void buckets_cpu_takeEverySize() {
    BatchBuckets buckets = BatchBuckets.of(Device.CPU, 24);
    assertThat(buckets.atLeast(5)).isEqualTo(5);
    assertThat(buckets.warmUp()).containsExactly(1, 24);
  }
}
