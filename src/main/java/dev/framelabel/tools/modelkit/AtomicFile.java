package dev.framelabel.tools.modelkit;

import dev.framelabel.model.ModelException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Consumer;

/** Writer of a file, whole or not at all. */
final class AtomicFile {
  private AtomicFile() {}

  /** Writer of a file's content. */
  interface Writer {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes into a file beside, lets it be checked, and only then gives it its name. Whatever was
   * there before stays until then.
   *
   * @param check throws if the file is not to be kept
   * @throws ModelException if the file cannot be written
   */
  static void write(Path file, Writer writer, Consumer<Path> check) {
    Path folder = file.toAbsolutePath().getParent();
    Path beside = null;
    try {
      if (Files.isDirectory(file)) {
        throw new ModelException("output file " + file + " is a folder; expected a file name");
      }
      beside = Files.createTempFile(folder, "." + file.getFileName(), ".part");
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(beside))) {
        writer.writeTo(out);
      }
      check.accept(beside);
      beside.toFile().setReadable(true, false);
      Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new ModelException("output file " + file + " cannot be written: " + e, e);
    } finally {
      delete(beside);
    }
  }

  private static void delete(Path beside) {
    try {
      if (beside != null) {
        Files.deleteIfExists(beside);
      }
    } catch (IOException e) {
      throw new ModelException("temporary file " + beside + " cannot be removed: " + e, e);
    }
  }
}
