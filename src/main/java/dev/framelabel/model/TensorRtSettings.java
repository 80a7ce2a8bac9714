package dev.framelabel.model;

import static java.util.Objects.requireNonNull;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Settings of the TensorRT execution provider, apart from its device.
 *
 * @param cache folder that keeps the engines it has built and the times of its kernels; empty:
 *     none, it builds at each start
 * @param fp16 whether it may compute in half precision
 * @param profiles whether it builds one engine for all batch sizes at once; otherwise it builds
 *     another each time that a batch is larger than those before
 */
public record TensorRtSettings(String cache, boolean fp16, boolean profiles) {
  public static final TensorRtSettings DEFAULT = new TensorRtSettings("", false, true);

  private static final int NAME_LENGTH = 16;

  public TensorRtSettings {
    requireNonNull(cache, "cache");
    try {
      Path ignored = Path.of(cache);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(
          "TensorRT's cache is '" + cache + "'; expected a folder: " + e.getMessage(), e);
    }
  }

  boolean isCached() {
    return !cache.isEmpty();
  }

  /**
   * Returns the folder of this model's engines. Each model, largest batch and accelerator has its
   * own, as an engine fits no other.
   */
  Path folder(ModelMetadata metadata, int maxBatch, Device device) {
    String model =
        metadata.sha256().substring(0, Math.min(NAME_LENGTH, metadata.sha256().length()));
    return Path.of(cache).resolve(model + "-batch-" + maxBatch + "-gpu-" + device.index());
  }

  /** Returns the options of the execution provider, apart from the device. */
  Map<String, String> options(ModelMetadata metadata, int maxBatch, Device device) {
    Map<String, String> options = new LinkedHashMap<>();
    if (fp16) {
      options.put("trt_fp16_enable", "1");
    }
    if (isCached()) {
      String folder = folder(metadata, maxBatch, device).toString();
      options.put("trt_engine_cache_enable", "1");
      options.put("trt_engine_cache_path", folder);
      options.put("trt_timing_cache_enable", "1");
      options.put("trt_timing_cache_path", folder);
    }
    if (profiles) {
      // Batches are padded to buckets from 1 to the largest, and most are full.
      options.put("trt_profile_min_shapes", shape(metadata, 1));
      options.put("trt_profile_opt_shapes", shape(metadata, maxBatch));
      options.put("trt_profile_max_shapes", shape(metadata, maxBatch));
    }
    return options;
  }

  private static String shape(ModelMetadata metadata, int frames) {
    return "%s:%sx%sx%sx3"
        .formatted(ModelMetadata.INPUT, frames, metadata.height(), metadata.width());
  }
}
