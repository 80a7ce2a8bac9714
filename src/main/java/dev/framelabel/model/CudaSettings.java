package dev.framelabel.model;

import java.util.Map;

/** What ONNX Runtime's CUDA provider is told. */
final class CudaSettings {
  /**
   * Batches of new sizes come all the time, and an exhaustive search for the fastest convolution,
   * ONNX Runtime's default, would hold each of them up; cuDNN's heuristic picks at once.
   */
  static final Map<String, String> OPTIONS = Map.of("cudnn_conv_algo_search", "HEURISTIC");

  private CudaSettings() {}
}
