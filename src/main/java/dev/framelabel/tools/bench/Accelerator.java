package dev.framelabel.tools.bench;

import dev.framelabel.model.Device;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The name of a graphics card, for reports. */
final class Accelerator {
  private Accelerator() {}

  /** As NVIDIA's own tool says it; empty where the device is the processor or nobody says. */
  static Optional<String> name(Device device) {
    if (!device.isAccelerator()) {
      return Optional.empty();
    }
    try {
      Process process =
          new ProcessBuilder(
                  "nvidia-smi",
                  "--query-gpu=name",
                  "--format=csv,noheader",
                  "--id=" + device.index())
              .redirectErrorStream(true)
              .start();
      String said =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return process.waitFor() == 0 && !said.isEmpty() ? Optional.of(said) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
