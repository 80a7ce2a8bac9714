package dev.framelabel.tools.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.framelabel.tools.report.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * What a benchmark measured.
 *
 * @param machine the machine's {@link Machine#description}
 * @param instructionSets as {@link Machine#instructionSets}; unknown in reports without them
 */
public record Report(String machine, List<String> instructionSets, List<Table> tables) {
  public Report {
    instructionSets =
        instructionSets == null ? List.of(Machine.UNKNOWN) : List.copyOf(instructionSets);
    tables = List.copyOf(tables);
  }

  /**
   * Reads a report.
   *
   * @throws IllegalArgumentException if the file is not a report of a benchmark
   */
  public static Report read(Path file) {
    try {
      return JsonMapper.builder().build().readValue(file.toFile(), Report.class);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          file + " is not a report of a benchmark: " + e.getMessage(), e);
    }
  }

  /** Writes the report, whole or not at all. */
  public void write(Path file) {
    try {
      Path beside = file.resolveSibling(file.getFileName() + ".tmp");
      Files.writeString(beside, Json.indented(this) + System.lineSeparator());
      Path ignored = Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  /** Returns the tables of a suite, in the order in which they were measured. */
  public List<Table> of(String suite) {
    return tables.stream().filter(table -> table.suite().equals(suite)).toList();
  }

  /** Returns the first table of a suite whose title starts with the given text. */
  public Optional<Table> table(String suite, String title) {
    return of(suite).stream().filter(table -> table.title().startsWith(title)).findFirst();
  }
}
