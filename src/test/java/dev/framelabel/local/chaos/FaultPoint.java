package dev.framelabel.local.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A moment in a checkpoint at which a fault can happen. A file of its name arms it; whoever passes
 * it first takes the file away, and suffers.
 */
enum FaultPoint {
  BEFORE_BARRIER,
  AFTER_PRECOMMIT,
  BEFORE_COMMIT,
  AFTER_COMMIT,
  /** Not a death, but an exception: the job restarts in the same process. */
  EXCEPTION;

  private static final int KILLED = 137;

  void arm(Path folder) {
    try {
      Path ignored = Files.createFile(folder.resolve(name()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean armed(Path folder) {
    return Files.exists(folder.resolve(name()));
  }

  /** Passes, unless armed: then the process ends as if killed, or an exception is thrown. */
  void pass(String folder) {
    try {
      if (Files.deleteIfExists(Path.of(folder, name()))) {
        if (this == EXCEPTION) {
          throw new IllegalStateException("a fault, as asked for");
        }
        Runtime.getRuntime().halt(KILLED);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
