package dev.framelabel.tools.bench;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.framelabel.tools.report.Json;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * Results of a benchmark.
 *
 * @param machine the machine's {@link Machine#description}
 * @param instructionSets as {@link Machine#instructionSets}; unknown in reports without them
 */
public record Report(String machine, List<String> instructionSets, List<Table> tables) {
  public Report {
    requireNonNull(machine, "machine");
    instructionSets =
        instructionSets == null ? List.of(Machine.UNKNOWN) : List.copyOf(instructionSets);
    tables = List.copyOf(tables);
  }

  /**
   * Reads a report.
   *
   * @throws IllegalArgumentException if the file cannot be read, or is not a report of a benchmark
   */
  public static Report read(Path file) {
    try {
      Report report = JsonMapper.builder().build().readValue(file.toFile(), Report.class);
      if (report != null) {
        return report;
      }
    } catch (JsonProcessingException | CharConversionException e) {
      throw foreign(file, e);
    } catch (IOException e) {
      throw new IllegalArgumentException("report " + file + " cannot be read: " + e, e);
    }
    throw foreign(file, null);
  }

  private static IllegalArgumentException foreign(Path file, IOException cause) {
    return new IllegalArgumentException(
        "%s is not a report of 'framelabel bench': found %s; expected JSON with machine and tables. Give another --report file, or delete this one"
            .formatted(file, file.toFile().length() == 0 ? "an empty file" : "other content"),
        cause);
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
}
