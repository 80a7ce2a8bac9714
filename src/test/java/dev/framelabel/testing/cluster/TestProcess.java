package dev.framelabel.testing.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a main class of the tests in a JVM of its own. */
public final class TestProcess {
  private static final int MINUTES = 5;

  private TestProcess() {}

  /** Returns the lines of its output; fails if it does not end well within five minutes. */
  public static List<String> run(Class<?> main, List<String> options, List<String> arguments)
      throws Exception {
    return run(main, options, arguments, MINUTES);
  }

  /** Returns the lines of its output; fails if it does not end well. */
  public static List<String> run(
      Class<?> main, List<String> options, List<String> arguments, int minutes) throws Exception {
    Path folder = Files.createTempDirectory("process");
    Path command = folder.resolve("arguments");
    List<String> words = new ArrayList<>(options);
    words.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    words.addAll(arguments);
    Files.write(command, words.stream().map(word -> '"' + word + '"').toList());
    Path output = folder.resolve("output");
    Path errors = folder.resolve("errors");
    ProcessBuilder builder =
        new ProcessBuilder(
                ChildCommand.endingWithParent(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "@" + command))
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile());
    // What is freed goes back to the system, and is counted once more when it is taken again.
    builder.environment().put("MALLOC_MMAP_THRESHOLD_", Integer.toString(128 << 10));
    Process process = builder.start();
    assertThat(process.waitFor(minutes, TimeUnit.MINUTES)).as(main.getName()).isTrue();
    String all = Files.readString(output) + Files.readString(errors);
    assertThat(process.exitValue()).as(all).isZero();
    List<String> lines = Files.readAllLines(output);
    for (Path file : List.of(command, output, errors, folder)) {
      Files.delete(file);
    }
    return lines;
  }
}
