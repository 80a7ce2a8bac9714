package dev.framelabel.classify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Resident memory of this process, as Linux tells it: the JVM's own, ONNX Runtime's, OpenCV's and
 * all else. Memory of a GPU is not in it. 0 where the system does not say.
 */
public final class ResidentMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final int BYTES_OF_A_KILOBYTE = 1024;

  private ResidentMemory() {}

  /** Returns the bytes that are resident now. */
  public static long bytes() {
    return field("VmRSS:");
  }

  /** Returns the bytes that no file stands behind: without the code of libraries. */
  public static long anonymousBytes() {
    return field("RssAnon:");
  }

  private static long field(String name) {
    try (var lines = Files.lines(STATUS)) {
      return lines
          .filter(line -> line.startsWith(name))
          .map(line -> line.replaceAll("\\D", ""))
          .mapToLong(line -> Long.parseLong(line) * BYTES_OF_A_KILOBYTE)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }
}
