package dev.framelabel.tools.camera;

import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A daemon thread whose owner can see that it has died. An interrupt ends it in peace. */
final class WatchedThread extends Thread {
  private static final Logger LOG = LoggerFactory.getLogger(WatchedThread.class);

  private final Work work;
  private volatile Throwable failure;

  /** Work of a thread until it is interrupted or has finished. */
  interface Work {
    void run() throws InterruptedException;
  }

  WatchedThread(String name, Work work) {
    super(name);
    this.work = work;
    setDaemon(true);
  }

  @Override
  public void run() {
    try {
      work.run();
    } catch (InterruptedException e) {
      // Its owner asks for the end.
    } catch (Throwable e) {
      failure = e;
      LOG.error(
          "A thread of the camera publisher has died: thread={}. Likely cause: too little memory,"
              + " or an error in Framelabel. See docs/reference/messages.md, section 'Cameras'",
          getName(),
          e);
    }
  }

  /** Returns why it died; empty while it lives and after a good end. */
  Optional<String> death() {
    Throwable died = failure;
    return Optional.ofNullable(died).map(cause -> "thread " + getName() + " has died: " + cause);
  }
}
