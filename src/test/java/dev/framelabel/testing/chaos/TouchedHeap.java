package dev.framelabel.testing.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Workers whose heap is in memory from the beginning, so that what their resident memory grows by
 * is not the heap being filled; and what their JVM says of its other memory.
 */
final class TouchedHeap {
  /** Flink settings of such workers. */
  static final Map<String, String> SETTINGS =
      Map.of("env.java.opts.taskmanager", "-XX:+AlwaysPreTouch -XX:NativeMemoryTracking=summary");

  private static final Pattern PART =
      Pattern.compile("- *([A-Za-z ]+) \\(reserved=\\d+KB, committed=(\\d+)KB\\)");

  private TouchedHeap() {}

  /** Committed kilobytes of the JVM by purpose, in the JVM's words. */
  static Map<String, Long> parts(long pid) {
    Map<String, Long> parts = new TreeMap<>();
    Matcher matcher = PART.matcher(jcmd(pid, "VM.native_memory"));
    while (matcher.find()) {
      parts.put(matcher.group(1), Long.parseLong(matcher.group(2)));
    }
    return parts;
  }

  /** Class loaders of the job's classes that are still there. */
  static long jobClassLoaders(long pid) {
    return jcmd(pid, "VM.classloaders").lines().filter(line -> line.contains("ChildFirst")).count();
  }

  /**
   * Lets malloc give back what has been freed. The JIT compiler takes tens of megabytes for
   * moments, and glibc keeps them. Java 17.0.15 can; early 17 may not.
   */
  static void trim(long pid) {
    String ignored = jcmd(pid, "System.trim_native_heap");
  }

  private static String jcmd(long pid, String command) {
    try {
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                  Long.toString(pid),
                  command)
              .redirectErrorStream(true)
              .start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int status = process.waitFor();
      if (status != 0) {
        throw new IllegalStateException("jcmd " + command + " ended with " + status + ": " + said);
      }
      return said;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
