package dev.framelabel.tools.camera;

import java.io.IOException;

/** Signals for processes that this test started. */
final class Signals {
  private Signals() {}

  static void send(Process process, String signal) throws IOException, InterruptedException {
    int status =
        new ProcessBuilder("/bin/kill", "-" + signal, Long.toString(process.pid()))
            .start()
            .waitFor();
    if (status != 0) {
      throw new IOException("kill -" + signal + " ended with status " + status);
    }
  }
}
