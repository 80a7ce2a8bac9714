package dev.framelabel.testing.cluster;

import java.util.List;
import java.util.stream.Stream;

/**
 * Commands of child processes that end with this JVM, even when it is killed by {@code kill -9}.
 * Needs a POSIX shell.
 */
public final class ChildCommand {
  /**
   * The standard input is a pipe from this JVM. The system closes it when the JVM ends, and Java
   * closes it when the child ends. The shell's own process becomes the command.
   */
  private static final String SCRIPT =
      "exec 3<&0; { read -r line <&3; kill -KILL $$; } >/dev/null 2>&1 & exec \"$@\" 3<&-"
          + " </dev/null";

  private ChildCommand() {}

  /**
   * Wraps a command so that the process ends with this JVM. The process has the id, the output and
   * the exit status of the command itself; its standard input is empty. Callers must leave {@link
   * ProcessBuilder#redirectInput()} at its default, a pipe, and must not write to it. {@link
   * Process#destroy()} closes the pipe, and so kills the process; {@link ProcessHandle#destroy()}
   * lets it end by itself.
   */
  public static List<String> endingWithParent(List<String> command) {
    return Stream.concat(Stream.of("sh", "-c", SCRIPT, "sh"), command.stream()).toList();
  }

  /** Wraps a command like {@link #endingWithParent(List)}. */
  public static List<String> endingWithParent(String... command) {
    return endingWithParent(List.of(command));
  }
}
