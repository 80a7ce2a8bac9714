package dev.framelabel.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is handed to ONNX Runtime; no accelerator is needed for that. */
class CudaSettingsTest {
  @Test
  void options_searchForAConvolution_isTheHeuristicOne() {
    assertThat(CudaSettings.OPTIONS)
        .containsExactly(Map.entry("cudnn_conv_algo_search", "HEURISTIC"));
  }
}
