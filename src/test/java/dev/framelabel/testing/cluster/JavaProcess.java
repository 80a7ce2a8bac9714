package dev.framelabel.testing.cluster;

import dev.framelabel.testing.Signals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A JVM of its own: started from an argument file, its output in a log file. Signals go to its own
 * process id. It ends with this JVM; its owner closes it earlier.
 */
public final class JavaProcess implements AutoCloseable {
  private static final int GRACE_SECONDS = 20;

  private final String name;
  private final Path log;
  private final Process process;
  private volatile boolean killed;

  /**
   * What to start.
   *
   * @param name names the log and argument files
   * @param classPath as {@code java -cp} takes it
   * @param options of the JVM
   * @param arguments main class, and what it is given
   * @param wrapper command in front of {@code java}; mostly none
   */
  public record Command(
      String name,
      String classPath,
      List<String> options,
      List<String> arguments,
      Map<String, String> environment,
      List<String> wrapper) {
    public Command {
      options = List.copyOf(options);
      arguments = List.copyOf(arguments);
      environment = Map.copyOf(environment);
      wrapper = List.copyOf(wrapper);
    }
  }

  /** A process that should run has ended by itself. */
  public static final class EndedException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    EndedException(String message) {
      super(message);
    }
  }

  private JavaProcess(String name, Path log, Process process) {
    this.name = name;
    this.log = log;
    this.process = process;
  }

  /**
   * Starts a JVM.
   *
   * @param folder working folder, for the log and the argument file too
   */
  public static JavaProcess start(Command command, Path folder) {
    try {
      Files.createDirectories(folder);
      Path arguments = folder.resolve(command.name() + ".args");
      List<String> lines = new ArrayList<>(command.options());
      lines.add("-cp");
      lines.add(command.classPath());
      lines.addAll(command.arguments());
      Files.write(arguments, lines.stream().map(JavaProcess::quote).toList());
      Path log = folder.resolve(command.name() + ".log");
      List<String> line = new ArrayList<>(command.wrapper());
      line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      line.add("@" + arguments);
      ProcessBuilder builder =
          new ProcessBuilder(ChildCommand.endingWithParent(line))
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
      builder.environment().put("ORT_DISABLE_TELEMETRY", "1");
      builder.environment().putAll(command.environment());
      return new JavaProcess(command.name(), log, builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + command.name(), e);
    }
  }

  private static String quote(String argument) {
    return '"' + argument.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  public String name() {
    return name;
  }

  public long pid() {
    return process.pid();
  }

  public boolean alive() {
    return process.isAlive();
  }

  /**
   * Passes while the process runs, and when it was killed.
   *
   * @throws EndedException with the end of its log
   */
  void requireAlive() {
    if (!killed && !alive()) {
      throw new EndedException(
          name
              + " has ended by itself, status "
              + process.exitValue()
              + "; its log ends:\n"
              + tail());
    }
  }

  private String tail() {
    try {
      List<String> lines = Files.readAllLines(log);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
    } catch (IOException e) {
      return e.toString();
    }
  }

  public Path log() {
    return log;
  }

  /** Ends it at once, as {@code kill -9} does, and waits until it is gone. */
  public void kill() {
    killed = true;
    process.destroyForcibly();
    awaitEnd(GRACE_SECONDS);
  }

  /** Sends a signal by name, such as {@code STOP}. */
  public void signal(String signal) {
    Signals.send(process.pid(), signal);
  }

  /** Kilobytes that the process holds in memory now; 0 where the system does not say. */
  public long residentKilobytes() {
    return status("VmRSS:");
  }

  /** The most kilobytes that the process has held in memory; 0 where the system does not say. */
  long peakKilobytes() {
    return status("VmHWM:");
  }

  /** Threads of the process; 0 where the system does not say. */
  public long threads() {
    return status("Threads:");
  }

  private long status(String field) {
    try (var lines = Files.lines(Path.of("/proc", Long.toString(pid()), "status"))) {
      return lines
          .filter(line -> line.startsWith(field))
          .map(line -> line.replaceAll("\\D", ""))
          .mapToLong(Long::parseLong)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }

  private boolean awaitEnd(int seconds) {
    try {
      return process.waitFor(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Asks it to end, and makes it. */
  @Override
  public void close() {
    // By its handle: Process.destroy() also closes the pipe, which kills the process at once.
    boolean ignored = process.toHandle().destroy();
    if (!awaitEnd(2)) {
      kill();
    }
  }
}
