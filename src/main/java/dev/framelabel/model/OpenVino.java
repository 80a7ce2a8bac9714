package dev.framelabel.model;

import ai.onnxruntime.OrtEpDevice;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What Framelabel sets in Intel's plug-in execution provider. It reads precision, threads and
 * streams from a JSON file ({@code load_config}); its option {@code num_of_threads} has no effect.
 */
final class OpenVino {
  static final String NAME = "openvino";

  /** Metadata of a device that chooses another device by itself. */
  static final String META_DEVICE = "ov_meta_device";

  private static final String CONFIG = "load_config";
  private static final String HARDWARE = "ov_device";
  private static final String CAPABILITIES = "OPTIMIZATION_CAPABILITIES";

  private OpenVino() {}

  /** Returns a precision's name in the device's capabilities. */
  private static String name(Precision precision) {
    return switch (precision) {
      case F32 -> "FP32";
      case BF16 -> "BF16";
      case F16 -> "FP16";
    };
  }

  /**
   * Writes the settings to a file that the session reads once when it is made.
   *
   * @param file to overwrite
   * @param threads computing threads of all batches together
   * @return the provider's options
   * @throws ModelException if the device cannot compute in this precision, or the user has set the
   *     same option
   */
  static Map<String, String> options(
      OrtEpDevice device, Path file, Precision precision, int threads, PluginSettings settings) {
    if (settings.options().containsKey(CONFIG)) {
      throw new ModelException(
          "--provider-option has load_config, which Framelabel writes itself; expected other options"
              + " only. --precision, --intra-op-threads and --concurrent-batches set what it would");
    }
    String[] can = device.getEpMetadata().getOrDefault(CAPABILITIES, "").split(" ", -1);
    if (!Arrays.asList(can).contains(name(precision))) {
      throw new ModelException(
          "openvino cannot compute in %s on this machine; it can do: %s"
              .formatted(precision, String.join(" ", can).toLowerCase(Locale.ROOT)));
    }
    Map<String, String> values = new TreeMap<>();
    values.put("INFERENCE_PRECISION_HINT", precision.toString());
    String hardware = device.getEpMetadata().getOrDefault(HARDWARE, "CPU");
    if (hardware.equals("CPU")) {
      values.put("INFERENCE_NUM_THREADS", Integer.toString(threads));
      values.put("NUM_STREAMS", Integer.toString(settings.streams()));
    }
    try {
      Files.writeString(file, new JsonMapper().writeValueAsString(Map.of(hardware, values)));
    } catch (JsonProcessingException e) {
      throw new AssertionError("texts are JSON", e);
    } catch (IOException e) {
      throw new ModelException("openvino's settings cannot be written to " + file + ": " + e, e);
    }
    Map<String, String> options = new HashMap<>(settings.options());
    options.put(CONFIG, file.toString());
    return options;
  }
}
