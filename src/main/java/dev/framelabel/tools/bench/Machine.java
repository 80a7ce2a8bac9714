package dev.framelabel.tools.bench;

import dev.framelabel.model.Device;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The machine of a benchmark. Its instruction sets tell which number formats its processor computes
 * fast.
 *
 * @param description processor, cores, accelerator, operating system and Java version
 * @param instructionSets of {@link #KNOWN_SETS}, those that the processor has; {@link #UNKNOWN}
 *     alone where the system does not say
 */
public record Machine(String description, List<String> instructionSets) {
  static final String UNKNOWN = "unknown";

  /** Linux's name of an instruction set, by the name in reports. */
  private static final Map<String, String> LINUX_NAMES =
      Map.of("neon", "asimd", "dotprod", "asimddp");

  private static final List<String> KNOWN_SETS =
      List.of(
          ("avx2 avx_vnni avx512f avx512_vnni avx512_bf16 avx512_fp16"
                  + " amx_tile amx_int8 amx_bf16 neon dotprod i8mm bf16 sve")
              .split(" ", -1));

  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  public Machine {
    instructionSets = List.copyOf(instructionSets);
  }

  /**
   * Returns this machine.
   *
   * @param device that sessions run on
   */
  public static Machine current(String device) {
    Optional<String> accelerator = accelerator(Device.parse(device));
    try {
      return of(Files.isReadable(CPU_INFO) ? Files.readString(CPU_INFO) : "", accelerator);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Returns a machine that has this JVM's cores and operating system.
   *
   * @param cpuInfo text of Linux's /proc/cpuinfo; empty where there is none
   */
  static Machine of(String cpuInfo, Optional<String> accelerator) {
    String processor = field(cpuInfo, "model name").orElse(System.getProperty("os.arch"));
    return new Machine(
        "%s, %s cores, %s%s, Java %s"
            .formatted(
                processor,
                Runtime.getRuntime().availableProcessors(),
                accelerator.map(name -> name + ", ").orElse(""),
                System.getProperty("os.name"),
                System.getProperty("java.version")),
        instructionSets(cpuInfo));
  }

  /** Returns a card's name as NVIDIA's tool says it; empty if it is the CPU or nobody says. */
  private static Optional<String> accelerator(Device device) {
    if (!device.isNvidiaGpu()) {
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

  /** Returns the instruction sets; x86 calls the line flags, ARM calls it Features. */
  private static List<String> instructionSets(String cpuInfo) {
    Optional<String> line = field(cpuInfo, "flags").or(() -> field(cpuInfo, "Features"));
    if (line.isEmpty()) {
      return List.of(UNKNOWN);
    }
    Set<String> has = new HashSet<>(Arrays.asList(line.get().split(" +", -1)));
    return KNOWN_SETS.stream()
        .filter(set -> has.contains(LINUX_NAMES.getOrDefault(set, set)))
        .toList();
  }

  private static Optional<String> field(String cpuInfo, String name) {
    return cpuInfo
        .lines()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst();
  }

  /** Returns one line for people. */
  @Override
  public String toString() {
    String sets =
        instructionSets.isEmpty() ? "none of " + KNOWN_SETS : String.join(" ", instructionSets);
    return description + "; instruction sets: " + sets;
  }
}
