package dev.framelabel.model;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What CUDA's provider is told besides its device.
 *
 * @param memoryLimit most bytes of the accelerator's memory that a session takes for weights,
 *     results between layers and work space; 0 = all that it needs. The driver's and cuDNN's own
 *     are beside it
 */
public record CudaSettings(long memoryLimit) {
  public static final CudaSettings DEFAULT = new CudaSettings(0);

  public CudaSettings {
    if (memoryLimit < 0) {
      throw new IllegalArgumentException(
          "CUDA memory limit is " + memoryLimit + " bytes; expected 0 or more");
    }
  }

  /** The options of ONNX Runtime's provider, apart from the device. */
  Map<String, String> options() {
    Map<String, String> options = new LinkedHashMap<>();
    // The default tries each algorithm for each size that it has not seen, which takes seconds.
    options.put("cudnn_conv_algo_search", "HEURISTIC");
    if (memoryLimit > 0) {
      options.put("gpu_mem_limit", Long.toString(memoryLimit));
      // Doubling would reach the limit with half of it unused.
      options.put("arena_extend_strategy", "kSameAsRequested");
    }
    return options;
  }
}
