package dev.framelabel.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.framelabel.model.Device;
import dev.framelabel.tools.report.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a benchmark measured.
 *
 * @param machine on which, in words
 */
public record Report(String machine, List<Table> tables) {
  public Report {
    tables = List.copyOf(tables);
  }

  public static Report read(Path file) {
    try {
      return JsonMapper.builder().build().readValue(file.toFile(), Report.class);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          file + " is no report of a benchmark: " + e.getMessage(), e);
    }
  }

  /** Writes it whole or not at all. */
  public void write(Path file) {
    try {
      Path beside = file.resolveSibling(file.getFileName() + ".tmp");
      Files.writeString(beside, Json.indented(this) + System.lineSeparator());
      Path ignored = Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  /** The tables of a suite, in the order in which they were measured. */
  public List<Table> of(String suite) {
    return tables.stream().filter(table -> table.suite().equals(suite)).toList();
  }

  /** The table of a suite whose title begins so. */
  public Optional<Table> table(String suite, String title) {
    return of(suite).stream().filter(table -> table.title().startsWith(title)).findFirst();
  }

  /**
   * The processor, its cores, the accelerator and the Java version of this machine, in words.
   *
   * @param device that sessions run on
   */
  public static String thisMachine(String device) {
    return processor()
        + ", "
        + Runtime.getRuntime().availableProcessors()
        + " cores, "
        + Accelerator.name(Device.parse(device)).map(name -> name + ", ").orElse("")
        + System.getProperty("os.name")
        + ", Java "
        + System.getProperty("java.version");
  }

  private static String processor() {
    String architecture = System.getProperty("os.arch");
    Path cpus = Path.of("/proc/cpuinfo");
    if (!Files.isReadable(cpus)) {
      return architecture;
    }
    try (Stream<String> lines = Files.lines(cpus)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(architecture);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
