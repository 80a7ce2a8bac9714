package dev.framelabel.tools.wall;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Memory and processor time of this process's Chromium, by kind of process; Linux only. */
final class ChromiumUsage {
  private static final Pattern TYPE = Pattern.compile("--type=(\\S+)");
  private static final int USER_TICKS = 11;
  private static final int SYSTEM_TICKS = 12;

  private ChromiumUsage() {}

  /**
   * @param ownKib resident, with memory that others share counted in parts
   * @param ticks of processor time, hundredths of a second
   */
  record Usage(int processes, long residentKib, long ownKib, long ticks) {
    private Usage plus(Usage other) {
      return new Usage(
          processes + other.processes,
          residentKib + other.residentKib,
          ownKib + other.ownKib,
          ticks + other.ticks);
    }

    String since(String kind, Usage before, double seconds) {
      return String.format(
          Locale.ROOT,
          "%s (%d): %d -> %d MB resident, %d -> %d without shares of others, %.1f %% of a core%n",
          kind,
          processes,
          before.residentKib >> 10,
          residentKib >> 10,
          before.ownKib >> 10,
          ownKib >> 10,
          (ticks - before.ticks) / seconds);
    }
  }

  /** The browser's processes now, those of a kind together. */
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
    if (command.contains("chrome_crashpad_handler")) {
      return "crash handler";
    }
    Matcher type = TYPE.matcher(command);
    return type.find() ? type.group(1) : "browser";
  }

  private static Usage usage(Path folder) throws IOException {
    // The name in brackets may hold anything; what counts comes behind it.
    String stat = Files.readString(folder.resolve("stat"));
    String[] fields = stat.substring(stat.lastIndexOf(")") + 2).split(" ", -1);
    return new Usage(
        1,
        kib(folder.resolve("status"), "VmRSS:"),
        kib(folder.resolve("smaps_rollup"), "Pss:"),
        Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS]));
  }

  private static long kib(Path file, String name) throws IOException {
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .sum();
  }
}
