package dev.framelabel.testing.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/**
 * A moment at which a fault can happen. A file of its name arms it; whoever passes it first takes
 * the file away, and suffers.
 */
enum FaultPoint {
  BEFORE_BARRIER,
  AFTER_PRECOMMIT,
  BEFORE_COMMIT,
  AFTER_COMMIT,
  /** Not a death, but a commit that waits until {@link #release}. */
  HELD_COMMIT,
  /** Not a death, but an exception: the job restarts in the same process. */
  EXCEPTION,
  /** The device does not come back until {@link #release}. */
  HANG,
  /** Stays while armed: the device has no memory for more than one frame. */
  NO_DEVICE_MEMORY;

  private static final int KILLED = 137;
  private static final long STEP_NANOS = 50_000_000;

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

  void disarm(Path folder) {
    boolean ignored = remove(folder.resolve(name()));
  }

  /** Whether someone waits here. */
  boolean held(Path folder) {
    return Files.exists(folder.resolve(name() + ".held"));
  }

  /** Lets go who waits here. */
  void release(Path folder) {
    boolean ignored = remove(folder.resolve(name() + ".held"));
  }

  /** Passes, unless armed: then the process ends as if killed, or waits, or throws. */
  void pass(String folder) {
    if (!remove(Path.of(folder, name()))) {
      return;
    }
    switch (this) {
      case EXCEPTION -> throw new IllegalStateException("a fault, as asked for");
      case HELD_COMMIT, HANG -> hold(Path.of(folder));
      default -> Runtime.getRuntime().halt(KILLED);
    }
  }

  private void hold(Path folder) {
    try {
      Path ignored = Files.createFile(folder.resolve(name() + ".held"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    while (held(folder)) {
      LockSupport.parkNanos(STEP_NANOS);
    }
  }

  private static boolean remove(Path file) {
    try {
      return Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
