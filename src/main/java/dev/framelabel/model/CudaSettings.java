package dev.framelabel.model;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What CUDA's provider is told besides its device.
 *
 * @param memoryLimit most bytes of the accelerator's memory that a model's sessions take together
 *     for weights, results between layers and work space; 0 = all that they need. The driver's and
 *     cuDNN's own are beside it
 */
public record CudaSettings(long memoryLimit) {
  public static final CudaSettings DEFAULT = new CudaSettings(0);

  public CudaSettings {
    if (memoryLimit < 0) {
      throw new IllegalArgumentException(
          "CUDA memory limit is " + memoryLimit + " bytes; expected 0 or more");
    }
  }

  /**
   * What one of a model's sessions may take of the limit: its weights, and of the rest as much as
   * its batches have in all batches.
   *
   * @param maxBatch of that session
   * @param sessions the largest batch of each
   * @param weights bytes, of one session
   * @return 0 where there is no limit
   * @throws ModelException if the limit is less than the weights of all
   */
  long share(int maxBatch, int[] sessions, long weights) {
    if (memoryLimit == 0) {
      return 0;
    }
    long rest = memoryLimit - sessions.length * weights;
    if (rest <= 0) {
      throw new ModelException(
          "--cuda-memory is "
              + memoryLimit
              + " bytes; expected more than the weights of "
              + sessions.length
              + " sessions (one for each size of batch), "
              + sessions.length * weights
              + " bytes");
    }
    return weights + rest * maxBatch / IntStream.of(sessions).sum();
  }

  /**
   * The options of ONNX Runtime's provider, apart from the device.
   *
   * @param share bytes of the limit that this session may take; 0 = all that it needs
   */
  Map<String, String> options(long share) {
    Map<String, String> options = new LinkedHashMap<>();
    // The default tries each algorithm for each size that it has not seen, which takes seconds.
    options.put("cudnn_conv_algo_search", "HEURISTIC");
    if (share > 0) {
      options.put("gpu_mem_limit", Long.toString(share));
      // Doubling would reach the limit with half of it unused.
      options.put("arena_extend_strategy", "kSameAsRequested");
    }
    return options;
  }
}
