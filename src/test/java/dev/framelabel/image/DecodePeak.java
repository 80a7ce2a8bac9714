package dev.framelabel.image;

import com.sun.jna.Function;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The main class of a child process: decodes files, and prints what the process grew by at its
 * peak, and what the decoder expected. Linux tells.
 */
final class DecodePeak {
  private static final Path STATUS = Path.of("/proc/self/status");

  private DecodePeak() {}

  /**
   * @param arguments files, each {@code BACKEND:SIDE:PATH}; a line of output each: peak, estimate,
   *     fault
   */
  public static void main(String[] arguments) throws Exception {
    for (String argument : arguments) {
      String[] parts = argument.split(":", 3);
      JpegBackend backend = JpegBackend.valueOf(parts[0].toUpperCase(Locale.ROOT));
      int side = Integer.parseInt(parts[1]);
      ImageLimits limits = new ImageLimits(1 << 30, 1L << 40, 100);
      ImageDecoder decoder = new ImageDecoder(side, side, Resize.STRETCH, limits, backend);
      ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(Path.of(parts[2])));
      ByteBuffer pixels = ByteBuffer.allocateDirect(decoder.outputBytes());
      long estimate = decoder.memory(ImageHeader.read(file, limits));
      int ignored = Function.getFunction("c", "malloc_trim").invokeInt(new Object[] {0});
      Files.writeString(Path.of("/proc/self/clear_refs"), "5");
      long before = kilobytes("VmRSS:");
      String fault = "none";
      try {
        decoder.decode(file, pixels);
      } catch (BadImageException e) {
        fault = e.fault().name();
      }
      System.out.println((kilobytes("VmHWM:") - before) * 1024 + "\t" + estimate + "\t" + fault);
    }
  }

  private static long kilobytes(String name) throws Exception {
    return Files.readAllLines(STATUS).stream()
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
