package dev.framelabel.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is handed to ONNX Runtime; no accelerator is needed for that. */
class CudaSettingsTest {
  @Test
  void options_default_searchAlgorithmsByHeuristicAndLimitNothing() {
    assertThat(CudaSettings.DEFAULT.options())
        .containsExactly(Map.entry("cudnn_conv_algo_search", "HEURISTIC"));
  }

  @Test
  void options_memoryLimit_isHandedOverInBytes() {
    assertThat(new CudaSettings(3L << 30).options())
        .containsEntry("gpu_mem_limit", "3221225472")
        .containsEntry("arena_extend_strategy", "kSameAsRequested");
  }

  @Test
  void new_negativeLimit_isRefused() {
    assertThatThrownBy(() -> new CudaSettings(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected 0 or more");
  }
}
