package dev.framelabel.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is handed to ONNX Runtime; no accelerator is needed for that. */
class CudaSettingsTest {
  @Test
  void options_default_areHeuristicAndLimitNothing() {
    assertThat(CudaSettings.DEFAULT.options(Device.Kind.CUDA))
        .containsExactly(Map.entry("cudnn_conv_algo_search", "HEURISTIC"));
  }

  @Test
  void options_channelsLast_areForCudaAndNotBehindTensorRt() {
    CudaSettings settings = new CudaSettings(0, true);
    assertThat(settings.options(Device.Kind.CUDA)).containsEntry("prefer_nhwc", "1");
    assertThat(settings.options(Device.Kind.TENSORRT)).doesNotContainKey("prefer_nhwc");
  }

  @Test
  void options_memoryLimit_isHandedOverInBytes() {
    assertThat(new CudaSettings(3L << 30, false).options(Device.Kind.CUDA))
        .containsEntry("gpu_mem_limit", "3221225472")
        .containsEntry("arena_extend_strategy", "kSameAsRequested");
  }

  @Test
  void buckets_ofCuda_haveASessionEachAndLieFourApart() {
    BatchBuckets buckets = BatchBuckets.of(Device.parse("cuda:0"), 48);
    assertThat(buckets.sessions()).containsExactly(1, 4, 16, 48);
    assertThat(buckets.warmUp()).containsExactly(1, 4, 16, 48);
    assertThat(buckets.atLeast(5)).isEqualTo(16);
    assertThat(buckets.atLeast(17)).isEqualTo(48);
    assertThat(buckets.smaller(48)).isEqualTo(16);
    assertThat(buckets.smaller(16)).as("half of them is padded to 16 again").isEqualTo(4);
    assertThat(buckets.smaller(5)).isEqualTo(4);
    assertThat(buckets.smaller(2)).isEqualTo(1);
  }

  @Test
  void buckets_ofOthers_haveOneSession() {
    assertThat(BatchBuckets.of(Device.CPU, 16).sessions()).containsExactly(16);
    assertThat(BatchBuckets.of(Device.CPU, 16).smaller(13)).isEqualTo(6);
    assertThat(BatchBuckets.of(Device.parse("tensorrt:0"), 16).sessions()).containsExactly(16);
    assertThat(BatchBuckets.of(Device.parse("tensorrt:0"), 24).smaller(17)).isEqualTo(16);
    assertThat(BatchBuckets.of(Device.CPU, 16).warmUp()).containsExactly(1, 16);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Available memory of 43331584 is smaller than requested bytes of 88510464",
        "Failed to allocate memory for requested buffer of size 1",
        "CUDA failure 2: out of memory"
      })
  void deviceMemory_wordsOfTheRuntime_areKnown(String words) {
    assertThat(DeviceMemoryException.isMeant("Non-zero status code: " + words)).isTrue();
  }

  @Test
  void new_negativeLimit_isRefused() {
    assertThatThrownBy(() -> new CudaSettings(-1, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected 0 or more");
  }
}
