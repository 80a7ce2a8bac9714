package dev.framelabel.testing.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The built application: {@code lib/} with every jar, and the job jar.
 *
 * @param path {@code target/framelabel} of a build
 * @param jobJar that clusters are given
 */
public record AppFolder(Path path, Path jobJar) {
  /** Comes with the job jar, and so is not in a Flink distribution. */
  private static final List<String> NOT_FLINKS =
      List.of(
          "framelabel",
          "flink-connector-kafka",
          "flink-connector-base",
          "kafka",
          "avro-",
          "jackson-",
          "scala-",
          "picocli",
          "undertow",
          "xnio",
          "jboss",
          "ffmpeg",
          "jhdf",
          "tribuo");

  public AppFolder {
    path = path.toAbsolutePath();
    if (!Files.isRegularFile(jobJar)) {
      throw new IllegalArgumentException(
          "no job jar in " + path + "; expected the built application (mvn -DskipTests package)");
    }
  }

  /** With the job jar of the build. */
  public AppFolder(Path path) {
    this(path, path.toAbsolutePath().resolve("framelabel-job.jar"));
  }

  /** For the broker. */
  String everything() {
    return path.resolve("lib") + "/*";
  }

  /** What a Flink distribution has, with the native jars in its lib folder. */
  String flink() {
    try (Stream<Path> jars = Files.list(path.resolve("lib"))) {
      return jars.filter(jar -> NOT_FLINKS.stream().noneMatch(name(jar)::startsWith))
          .sorted()
          .map(Path::toString)
          .collect(Collectors.joining(":"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String name(Path jar) {
    return jar.getFileName().toString();
  }
}
