package dev.framelabel.tools.demo;

import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.Outcome;
import dev.framelabel.wire.LabelledFrames;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Writer of labelled frames as JSON Lines, with the fields of the schema. Not thread-safe. */
final class LabelLines implements AutoCloseable {
  private final Optional<BufferedWriter> file;

  /**
   * Opens the file.
   *
   * @param file to write anew; empty: nothing is written
   * @throws IOException if the file cannot be written
   */
  LabelLines(Optional<Path> file) throws IOException {
    this.file =
        file.isEmpty() ? Optional.empty() : Optional.of(Files.newBufferedWriter(file.get()));
  }

  void add(Outcome outcome) throws IOException {
    if (file.isPresent() && outcome instanceof LabelledFrame frame) {
      file.get().write(LabelledFrames.toJson(frame));
      file.get().newLine();
    }
  }

  @Override
  public void close() throws IOException {
    if (file.isPresent()) {
      file.get().close();
    }
  }
}
