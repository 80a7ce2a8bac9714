package dev.framelabel.testing;

import java.io.IOException;
import java.io.UncheckedIOException;

/** Signals for processes, sent by the shell: a minimal system has no program {@code kill}. */
public final class Signals {
  private Signals() {}

  /**
   * Sends a signal.
   *
   * @param signal its name, such as {@code STOP}
   * @throws IllegalStateException if the process does not take it
   */
  public static void send(long pid, String signal) {
    try {
      int status = new ProcessBuilder("sh", "-c", "kill -" + signal + " " + pid).start().waitFor();
      if (status != 0) {
        throw new IllegalStateException(
            "kill -%s %d ended with status %d".formatted(signal, pid, status));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
