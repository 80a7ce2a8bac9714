package dev.framelabel.model;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Settings of the CUDA execution provider, apart from its device.
 *
 * @param memoryLimit most bytes of the accelerator's memory that each session takes for weights,
 *     results between layers and work space; 0 = all that it needs. The driver's and cuDNN's own
 *     are beside it
 * @param channelsLast whether convolutions keep a pixel's channels together (NHWC), as tensor cores
 *     want them
 */
public record CudaSettings(long memoryLimit, boolean channelsLast) {
  public static final CudaSettings DEFAULT = new CudaSettings(0, false);

  public CudaSettings {
    if (memoryLimit < 0) {
      throw new IllegalArgumentException(
          "CUDA memory limit is " + memoryLimit + " bytes; expected 0 or more");
    }
  }

  /**
   * Returns the options of the execution provider, apart from the device.
   *
   * @param kind the device asked for: TensorRT leaves to CUDA what it does not take, as it is
   */
  Map<String, String> options(Device.Kind kind) {
    Map<String, String> options = new LinkedHashMap<>();
    // The default tries out each algorithm for each size.
    options.put("cudnn_conv_algo_search", "HEURISTIC");
    if (channelsLast && kind == Device.Kind.CUDA) {
      options.put("prefer_nhwc", "1");
    }
    if (memoryLimit > 0) {
      options.put("gpu_mem_limit", Long.toString(memoryLimit));
      // Doubling would reach the limit with half of it unused.
      options.put("arena_extend_strategy", "kSameAsRequested");
    }
    return options;
  }
}
