package dev.framelabel.testing.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The logging of started processes: to their output. */
final class Logs {
  private static final List<String> SETTINGS =
      List.of(
          "rootLogger.level = INFO",
          "rootLogger.appenderRef.out.ref = out",
          "appender.out.type = Console",
          "appender.out.name = out",
          "appender.out.layout.type = PatternLayout",
          "appender.out.layout.pattern = %d{HH:mm:ss,SSS} %-5p %-40.40c{1.} %m%n");

  private Logs() {}

  static Path file(Path folder) {
    try {
      Files.createDirectories(folder);
      return Files.write(folder.resolve("log4j2.properties"), SETTINGS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
