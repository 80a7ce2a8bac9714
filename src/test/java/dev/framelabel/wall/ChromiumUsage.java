package dev.framelabel.wall;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Memory and processor time of this process's Chromium, by kind of process; Linux only. */
final class ChromiumUsage {
  private static final int USER_TICKS = 11;
  private static final int SYSTEM_TICKS = 12;

  private ChromiumUsage() {}

  /**
   * @param ticks of processor time, hundredths of a second
   */
  record Usage(long residentKib, long ticks) {
    private Usage plus(Usage other) {
      return new Usage(residentKib + other.residentKib, ticks + other.ticks);
    }

    String since(String kind, Usage before, int seconds) {
      return String.format(
          Locale.ROOT,
          "%s: %d -> %d MB resident, %.1f %% of a core%n",
          kind,
          before.residentKib >> 10,
          residentKib >> 10,
          (double) (ticks - before.ticks) / seconds);
    }
  }

  /** The browser's processes now: the largest renderer is the page's. */
  static Map<String, Usage> now() {
    Map<String, Usage> usages = new TreeMap<>();
    ProcessHandle.current().descendants().forEach(process -> add(process, usages));
    return usages;
  }

  private static void add(ProcessHandle process, Map<String, Usage> usages) {
    Path folder = Path.of("/proc", Long.toString(process.pid()));
    try {
      String command = Files.readString(folder.resolve("cmdline")).replace('\0', ' ');
      if (command.contains("chromium")) {
        usages.merge(kind(command), usage(folder), Usage::plus);
      }
    } catch (IOException e) {
      // The process has ended meanwhile.
    }
  }

  private static String kind(String command) {
    if (command.contains("crashpad") || command.contains("--type=zygote")) {
      return "helpers";
    }
    int type = command.indexOf("--type=");
    return type < 0 ? "browser" : command.substring(type + 7).split(" ", 2)[0];
  }

  private static Usage usage(Path folder) throws IOException {
    // The name in brackets may hold anything; what counts comes behind it.
    String stat = Files.readString(folder.resolve("stat"));
    String[] fields = stat.substring(stat.lastIndexOf(")") + 2).split(" ", -1);
    long resident =
        Files.readAllLines(folder.resolve("status")).stream()
            .filter(line -> line.startsWith("VmRSS:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
            .sum();
    return new Usage(
        resident, Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS]));
  }
}
