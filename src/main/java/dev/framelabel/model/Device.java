package dev.framelabel.model;

import java.util.Locale;

/**
 * Device that a model runs on.
 *
 * @param kind the execution provider
 * @param index which of the machine's accelerators, from 0; 0 for the CPU
 */
public record Device(Kind kind, int index) {
  /** Execution providers of ONNX Runtime. */
  public enum Kind {
    CPU,
    CUDA,
    TENSORRT
  }

  public static final Device CPU = new Device(Kind.CPU, 0);

  /**
   * Reads {@code cpu}, {@code cuda}, {@code cuda:N}, {@code tensorrt} or {@code tensorrt:N}.
   *
   * @throws ModelException if the text is none of these
   */
  public static Device parse(String text) {
    String[] parts = text.toLowerCase(Locale.ROOT).split(":", 2);
    try {
      Kind kind = Kind.valueOf(parts[0].toUpperCase(Locale.ROOT));
      int index = parts.length == 1 ? 0 : Integer.parseInt(parts[1]);
      if (index < 0 || (kind == Kind.CPU && parts.length > 1)) {
        throw unknown(text);
      }
      return new Device(kind, index);
    } catch (IllegalArgumentException e) {
      throw unknown(text);
    }
  }

  private static ModelException unknown(String text) {
    return new ModelException(
        "device '" + text + "' is not known; expected cpu, cuda:N, tensorrt:N or auto");
  }

  public boolean isAccelerator() {
    return kind != Kind.CPU;
  }

  @Override
  public String toString() {
    String name = kind.name().toLowerCase(Locale.ROOT);
    return isAccelerator() ? name + ":" + index : name;
  }
}
