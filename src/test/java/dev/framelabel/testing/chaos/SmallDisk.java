package dev.framelabel.testing.chaos;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A folder that can be full: a small file system of its own where this user may mount one, else a
 * folder that nobody may write to while it is full.
 */
final class SmallDisk implements AutoCloseable {
  private static final int MEGABYTES = 8;
  private static final String FILLER = "filler";

  private final Path folder;
  private final boolean mounted;

  SmallDisk(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.mounted = run("mount", "-t", "tmpfs", "-o", "size=" + MEGABYTES + "m", "tmpfs", folder);
    if (!mounted) {
      System.out.println("No file system can be mounted here: a read-only folder stands for it.");
      setWritable(false);
      boolean writable = Files.isWritable(this.folder);
      setWritable(true);
      assumeFalse(
          writable,
          "this user may neither mount a file system nor be kept from writing to a folder: a full"
              + " disk cannot be played here");
    }
  }

  /** Takes what space there is; to be called again as long as others may give back some. */
  void fill() throws IOException {
    if (!mounted) {
      setWritable(false);
      return;
    }
    byte[] block = new byte[4096];
    try (var out =
        Files.newOutputStream(
            folder.resolve(FILLER), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      for (int i = 0; i < MEGABYTES << 9; i++) {
        out.write(block);
      }
      throw new IllegalStateException("more space in " + folder + " than it was given");
    } catch (IOException e) {
      if (!e.getMessage().contains("No space left")) {
        throw e;
      }
    }
  }

  /** Gives the space back. */
  void free() throws IOException {
    if (mounted) {
      Files.delete(folder.resolve(FILLER));
    } else {
      setWritable(true);
    }
  }

  private void setWritable(boolean writable) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path path : files.filter(Files::isDirectory).toList()) {
        Path ignored =
            Files.setPosixFilePermissions(
                path, PosixFilePermissions.fromString(writable ? "rwxr-xr-x" : "r-xr-xr-x"));
      }
    }
  }

  private static boolean run(Object... command) {
    try {
      Process process =
          new ProcessBuilder(Stream.of(command).map(Object::toString).toList())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() {
    if (mounted && !run("umount", folder)) {
      throw new IllegalStateException(folder + " is still mounted; 'umount' it");
    }
    if (!mounted) {
      try {
        setWritable(true);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
