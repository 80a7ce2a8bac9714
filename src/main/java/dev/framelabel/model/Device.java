package dev.framelabel.model;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Device that a model runs on.
 *
 * @param kind the execution provider
 * @param index which of the machine's NVIDIA GPUs, from 0; 0 for the others
 * @param provider name of the plug-in execution provider; empty for the others
 * @param hardware {@code cpu}, {@code gpu} or {@code npu}: what the plug-in shall run on; empty:
 *     the first that it has, and for the others
 */
public record Device(Kind kind, int index, String provider, String hardware) {
  /** Execution providers of ONNX Runtime. */
  public enum Kind {
    CPU,
    CUDA,
    TENSORRT,
    /** A library that ONNX Runtime loads at run time. */
    PLUGIN
  }

  public static final Device CPU = new Device(Kind.CPU, 0);

  private static final Pattern PROVIDER = Pattern.compile("[a-z][a-z0-9_-]*");
  private static final List<String> RESERVED =
      List.of("cpu", "cuda", "tensorrt", SessionSettings.AUTO);
  private static final List<String> HARDWARE = List.of("cpu", "gpu", "npu");

  /** A device of ONNX Runtime's own execution providers. */
  public Device(Kind kind, int index) {
    this(kind, index, "", "");
  }

  /**
   * Reads {@code cpu}, {@code cuda}, {@code cuda:N}, {@code tensorrt}, {@code tensorrt:N}, or the
   * name of a plug-in execution provider, alone or with {@code :cpu}, {@code :gpu} or {@code :npu}.
   *
   * @throws ModelException if the text is none of these
   */
  public static Device parse(String text) {
    String[] parts = text.toLowerCase(Locale.ROOT).split(":", 2);
    String after = parts.length == 1 ? "" : parts[1];
    return switch (parts[0]) {
      case "cpu" -> {
        require(parts.length == 1, text);
        yield CPU;
      }
      case "cuda" -> new Device(Kind.CUDA, index(parts, text));
      case "tensorrt" -> new Device(Kind.TENSORRT, index(parts, text));
      default -> {
        require(isProvider(parts[0]), text);
        require(parts.length == 1 || HARDWARE.contains(after), text);
        yield new Device(Kind.PLUGIN, 0, parts[0], after);
      }
    };
  }

  /**
   * Returns whether a plug-in execution provider may have this name, so that a text can name it.
   */
  static boolean isProvider(String name) {
    return PROVIDER.matcher(name).matches() && !RESERVED.contains(name);
  }

  private static int index(String[] parts, String text) {
    require(parts.length == 1 || parts[1].matches("\\d{1,4}"), text);
    return parts.length == 1 ? 0 : Integer.parseInt(parts[1]);
  }

  private static void require(boolean holds, String text) {
    if (!holds) {
      throw unknown(text);
    }
  }

  static ModelException unknown(String text) {
    return new ModelException(
        "device '"
            + text
            + "' is not known; expected cpu, cuda:N, tensorrt:N, openvino, openvino:cpu, openvino:gpu,"
            + " openvino:npu, a name of --execution-provider, or auto");
  }

  /** Returns whether it is one of the machine's NVIDIA GPUs. */
  public boolean isNvidiaGpu() {
    return kind == Kind.CUDA || kind == Kind.TENSORRT;
  }

  @Override
  public String toString() {
    if (kind == Kind.PLUGIN) {
      return hardware.isEmpty() ? provider : provider + ":" + hardware;
    }
    String name = kind.name().toLowerCase(Locale.ROOT);
    return isNvidiaGpu() ? name + ":" + index : name;
  }
}
