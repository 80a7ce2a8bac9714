package dev.framelabel.bench;

import dev.framelabel.tools.demo.TemporaryFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The command line of libjpeg-turbo, as a shell script would use it: one process a picture. */
final class Djpeg implements AutoCloseable {
  private final TemporaryFolder folder;
  private final List<Path> files = new ArrayList<>();

  Djpeg(List<byte[]> pictures) throws IOException {
    folder = TemporaryFolder.create("djpeg");
    for (byte[] picture : pictures) {
      files.add(Files.write(folder.path().resolve(files.size() + ".jpg"), picture));
    }
  }

  static boolean installed() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "djpeg")));
  }

  double perSecond(int eighths) throws IOException, InterruptedException {
    long begun = System.nanoTime();
    for (Path file : files) {
      Process process =
          new ProcessBuilder(
                  "djpeg", "-scale", eighths + "/8", "-outfile", "/dev/null", file.toString())
              .inheritIO()
              .start();
      if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IOException("djpeg failed on " + file);
      }
    }
    return files.size() * 1e9 / (System.nanoTime() - begun);
  }

  @Override
  public void close() {
    folder.close();
  }
}
