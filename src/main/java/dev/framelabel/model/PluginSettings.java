package dev.framelabel.model;

import java.io.File;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Settings of plug-in execution providers: libraries that ONNX Runtime loads at run time.
 *
 * @param libraries name of each provider that the user brings, with the file of its library
 * @param path folders to look for the libraries of known providers in, separated as in {@code
 *     PATH}; empty: only the usual places
 * @param options of the provider that the device names, as its documentation has them
 * @param streams batches that the provider computes at the same time, from 1
 */
public record PluginSettings(
    Map<String, String> libraries, String path, Map<String, String> options, int streams)
    implements Serializable {
  public static final PluginSettings DEFAULT = new PluginSettings(Map.of(), "", Map.of(), 1);

  /** The library of each known provider, as its package calls it. */
  static final Map<String, String> KNOWN =
      Map.of(OpenVino.NAME, "libonnxruntime_providers_openvino_plugin.so");

  private static final long serialVersionUID = 1L;

  public PluginSettings {
    libraries = Map.copyOf(libraries);
    options = Map.copyOf(options);
    for (String name : libraries.keySet()) {
      if (!Device.isProvider(name)) {
        throw new IllegalArgumentException(
            "execution provider '"
                + name
                + "' cannot have this name; expected a lower-case letter, then letters, digits, - and _,"
                + " and none of ONNX Runtime's own devices");
      }
    }
    if (streams < 1) {
      throw new IllegalArgumentException("streams are " + streams + "; expected 1 or more");
    }
  }

  /**
   * Reads {@code NAME=VALUE,NAME=VALUE}.
   *
   * @throws IllegalArgumentException if a part has no equals sign, no name, or a name again
   */
  public static Map<String, String> pairs(String text) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String pair : text.isBlank() ? new String[0] : text.split(",", -1)) {
      int at = pair.indexOf('=');
      if (at < 1
          || pairs.put(pair.substring(0, at).strip(), pair.substring(at + 1).strip()) != null) {
        throw new IllegalArgumentException(
            "'" + pair + "' in '" + text + "'; expected NAME=VALUE, each name once");
      }
    }
    return pairs;
  }

  /**
   * @throws ModelException if nobody says where the provider's library is
   */
  void check(String provider) {
    if (!libraries.containsKey(provider) && !KNOWN.containsKey(provider)) {
      throw Device.unknown(provider);
    }
  }

  /** Returns the folders to look for known providers in, without the usual places. */
  List<Path> folders() {
    return path.isEmpty()
        ? List.of()
        : Arrays.stream(path.split(File.pathSeparator)).map(Path::of).toList();
  }
}
