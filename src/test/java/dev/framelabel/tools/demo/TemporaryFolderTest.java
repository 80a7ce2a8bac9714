package dev.framelabel.tools.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.Test;

class TemporaryFolderTest {
  @Test
  void close_folderWithFiles_isGone() throws IOException {
    TemporaryFolder folder = TemporaryFolder.create("test");
    Path ignored =
        Files.writeString(Files.createDirectory(folder.path().resolve("below")).resolve("f"), "x");
    folder.close();
    assertThat(folder.path()).doesNotExist();
  }

  @Test
  void signal_whileOthersWrite_leavesNothing() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                place(TemporaryFolder.class)
                    + File.pathSeparator
                    + place(Writer.class)
                    + File.pathSeparator
                    + place(FileUtils.class),
                Writer.class.getName())
            .redirectErrorStream(true)
            .start();
    try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
      Path folder = Path.of(said.readLine());
      assertThat(folder).exists();
      process.destroy();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(folder).doesNotExist();
    } finally {
      Process ignored = process.destroyForcibly();
    }
  }

  private static Path place(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  /** Writes into a folder until a second after it was told to end. */
  static final class Writer {
    private static final long ON_MILLIS = 1_000;

    public static void main(String[] arguments) throws Exception {
      TemporaryFolder folder = TemporaryFolder.create("test");
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    long end = System.currentTimeMillis() + ON_MILLIS;
                    while (System.currentTimeMillis() < end) {
                      write(folder);
                    }
                  }));
      write(folder);
      System.out.println(folder.path());
      Thread.sleep(TimeUnit.MINUTES.toMillis(1));
    }

    private static void write(TemporaryFolder folder) {
      try {
        Path below = Files.createDirectories(folder.path().resolve("below"));
        Path ignored = Files.writeString(below.resolve("file"), "x");
      } catch (IOException e) {
        // It was just being deleted.
      }
    }
  }
}
