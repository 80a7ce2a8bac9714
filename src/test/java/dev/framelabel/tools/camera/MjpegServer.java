package dev.framelabel.tools.camera;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.framelabel.testing.Signals;
import dev.framelabel.testing.cluster.ChildCommand;
import dev.framelabel.tools.demo.BrokerFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Debian's ffmpeg as an MJPEG camera: a process that serves one viewer; its owner closes it. */
final class MjpegServer implements AutoCloseable {
  private static final Path FFMPEG = Path.of("/usr/bin/ffmpeg");

  private final Path folder;
  private final int port = BrokerFiles.freePort();
  private Process process;

  MjpegServer(Path folder) {
    this.folder = folder;
  }

  /** Skips the test, in words, where ffmpeg is missing. */
  static void assumeInstalled() {
    assumeTrue(
        Files.isExecutable(FFMPEG), "SKIPPED: the MJPEG camera needs the Debian package ffmpeg");
  }

  void start() throws IOException {
    process =
        new ProcessBuilder(
                ChildCommand.endingWithParent(
                    FFMPEG.toString(),
                    "-v",
                    "error",
                    "-re",
                    "-f",
                    "lavfi",
                    "-i",
                    "testsrc=size=320x240:rate=10",
                    "-f",
                    "mpjpeg",
                    "-listen",
                    "1",
                    "http://127.0.0.1:" + port + "/"))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("ffmpeg.log").toFile())
            .start();
  }

  /** Stops all its threads: the connection stays open, and nothing comes. */
  void freeze() throws Exception {
    Signals.send(process.pid(), "STOP");
  }

  boolean isRunning() {
    return process != null && process.isAlive();
  }

  void kill() throws Exception {
    process.destroyForcibly();
    boolean ignored = process.waitFor(10, TimeUnit.SECONDS);
  }

  String address() {
    return "http://127.0.0.1:" + port + "/";
  }

  @Override
  public void close() throws Exception {
    if (process != null) {
      kill();
    }
  }
}
