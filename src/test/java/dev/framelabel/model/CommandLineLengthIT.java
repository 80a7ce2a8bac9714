package dev.framelabel.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.framelabel.testing.cluster.ChildCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A Flink task manager's command line is long. ONNX Runtime 1.29.0 dies of it, and writes into the
 * user's home; this test fails if a version like that comes in again.
 */
class CommandLineLengthIT {
  @Test
  void openModel_commandLineOf6Kilobytes_worksAndWritesNothingToHome(@TempDir Path folder)
      throws Exception {
    Path home = Files.createDirectory(folder.resolve("home"));
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    Path output = folder.resolve("output");
    ProcessBuilder builder =
        new ProcessBuilder(ChildCommand.endingWithParent(command(home, temporary)));
    builder.environment().put("HOME", home.toString());
    builder.environment().put("XDG_CACHE_HOME", home.resolve(".cache").toString());
    builder.environment().remove("ORT_DISABLE_TELEMETRY");
    Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    assertThat(Files.readString(output)).contains("labelled by colour");
    assertThat(filesIn(home)).isEmpty();
  }

  private static List<String> command(Path home, Path temporary) {
    String classPath = System.getProperty("java.class.path");
    StringBuilder padded = new StringBuilder(classPath);
    while (padded.length() < 6_000) {
      padded.append(":/no/such/folder/that/is/only/here/to/make/the/command/line/long");
    }
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Duser.home=" + home,
        "-Djava.io.tmpdir=" + temporary,
        "-cp",
        padded.toString(),
        OpenModel.class.getName());
  }

  private static List<Path> filesIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  /** The main class of the child. */
  static final class OpenModel {
    private OpenModel() {}

    public static void main(String[] arguments) {
      try (OnnxLabelModel model =
          new OnnxLabelModel(TestModels.colour(), SessionSettings.onCpu(2))) {
        System.out.println("labelled by " + model.metadata().name());
      }
    }
  }
}
