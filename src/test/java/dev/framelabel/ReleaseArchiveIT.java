package dev.framelabel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive that the build makes, unpacked anywhere. */
class ReleaseArchiveIT {
  private static final Path TARGET = Path.of("target").toAbsolutePath();

  @TempDir private Path folder;

  @Test
  void archive_unpackedAnywhere_runsWithoutSources() throws Exception {
    Path archive;
    try (Stream<Path> files = Files.list(TARGET)) {
      archive = files.filter(file -> file.toString().endsWith(".tar.gz")).findFirst().orElseThrow();
    }
    assertThat(run("tar", "xzf", archive.toString(), "-C", folder.toString())).isEmpty();
    Path home = folder.resolve(archive.getFileName().toString().replaceFirst("\\.tar\\.gz$", ""));
    assertThat(home.resolve("framelabel-job.jar")).isRegularFile();
    assertThat(home.resolve("flink-lib")).isNotEmptyDirectory();
    assertThat(home.resolve("schemas/image-event.avsc")).isRegularFile();
    assertThat(home.resolve("LICENSE")).isRegularFile();

    Path launcher = home.resolve("framelabel");
    assertThat(run(launcher.toString(), "--version")).startsWith("framelabel ");
    String model = home.resolve("model/demo-xception.onnx").toString();
    assertThat(run(launcher.toString(), "model", "inspect", model)).contains("demo-xception");
  }

  /** Runs a program without this process's environment, and returns what it prints. */
  private String run(String... command) throws Exception {
    Path out = folder.resolve("out.txt");
    ProcessBuilder builder =
        new ProcessBuilder(List.of(command))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile());
    builder.environment().keySet().retainAll(List.of("PATH", "JAVA_HOME"));
    Process process = builder.start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    String printed = Files.readString(out);
    assertThat(process.exitValue()).as(printed).isZero();
    return printed;
  }
}
