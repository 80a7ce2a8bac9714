package dev.framelabel.tools.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Orderly end of a run on Ctrl-C or SIGTERM: the JVM waits until the run has ended. */
final class CtrlC implements AutoCloseable {
  private final CountDownLatch finished = new CountDownLatch(1);

  /**
   * Keeps the JVM, once a signal ends it, until {@link #close}.
   *
   * @param stop asks the run to end; called on a thread of its own
   * @param seconds that the run may take for it
   */
  void stops(Runnable stop, long seconds) {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> await(stop, seconds), "framelabel-ctrl-c"));
  }

  private void await(Runnable stop, long seconds) {
    stop.run();
    try {
      boolean ignored = finished.await(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    finished.countDown();
  }
}
