package dev.framelabel.tools.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.apache.commons.io.FileUtils;

/**
 * A new folder among the machine's temporary ones. It goes with all that is in it when its owner
 * closes it, and when the JVM is ended by a signal.
 */
public final class TemporaryFolder implements AutoCloseable {
  private static final int ATTEMPTS = 100;
  private static final int GONE_LOOKS = 5;
  private static final long STEP_NANOS = 100_000_000;

  private final Path path;
  private final Thread hook = new Thread(this::deleteAmongWriters, "framelabel-temporary-folder");

  /**
   * Creates a folder.
   *
   * @param purpose a word that its name contains
   */
  public static TemporaryFolder create(String purpose) throws IOException {
    TemporaryFolder folder =
        new TemporaryFolder(Files.createTempDirectory("framelabel-" + purpose + "-"));
    Runtime.getRuntime().addShutdownHook(folder.hook);
    return folder;
  }

  private TemporaryFolder(Path path) {
    this.path = path;
  }

  public Path path() {
    return path;
  }

  /**
   * Deletes the folder, whose other writers may end at the same time, and may take some seconds for
   * it.
   */
  private void deleteAmongWriters() {
    int gone = 0;
    for (int i = 0; i < ATTEMPTS && gone < GONE_LOOKS; i++) {
      gone = FileUtils.deleteQuietly(path.toFile()) || Files.exists(path) ? 0 : gone + 1;
      LockSupport.parkNanos(STEP_NANOS);
    }
  }

  @Override
  public void close() {
    FileUtils.deleteQuietly(path.toFile());
    try {
      boolean ignored = Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is ending, and the hook does the same.
    }
  }
}
