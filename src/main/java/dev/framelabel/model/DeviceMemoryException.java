package dev.framelabel.model;

import java.util.Locale;

/** Error of a device without memory for a batch of this size; a smaller one may fit. */
public final class DeviceMemoryException extends ModelException {
  private static final long serialVersionUID = 1L;

  public DeviceMemoryException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Returns how to give the device more memory, for an error message. */
  static String cure(Device device) {
    return switch (device.kind()) {
      case CPU, PLUGIN ->
          "give the worker's process or container more (taskmanager.memory.task.off-heap.size)";
      case CUDA -> "let sessions have more (--cuda-memory, and who else uses the device)";
      case TENSORRT -> "look who else uses the device; building an engine takes memory too";
    };
  }

  /** Returns whether the runtime's message says so; the runtime has no error code for it. */
  static boolean isMeant(String message) {
    String words = message == null ? "" : message.toLowerCase(Locale.ROOT);
    return words.contains("out of memory")
        || words.contains("failed to allocate memory")
        // CUDA's arena at its limit: Available memory of 1 is smaller than requested bytes of 2.
        || words.contains("is smaller than requested bytes")
        || words.contains("bad_alloc")
        || words.contains("bad allocation")
        || words.contains("cudnn_status_alloc_failed")
        || words.contains("cublas_status_alloc_failed");
  }
}
