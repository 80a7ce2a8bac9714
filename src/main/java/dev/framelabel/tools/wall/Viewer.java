package dev.framelabel.tools.wall;

import io.undertow.server.ServerConnection;
import io.undertow.server.handlers.sse.ServerSentEventConnection;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.xnio.IoUtils;

/** A viewer of the page, and the events that it has not yet taken. Thread-safe. */
final class Viewer implements ServerSentEventConnection.EventCallback {
  /** Events that may wait for a viewer: those of some ten seconds. */
  static final int MAX_UNSENT = 60;

  private final ServerSentEventConnection events;
  private final ServerConnection connection;
  private final AtomicInteger unsent = new AtomicInteger();
  private volatile boolean welcome;

  Viewer(ServerSentEventConnection events, ServerConnection connection) {
    this.events = events;
    this.connection = connection;
  }

  void onClose(Runnable task) {
    events.addCloseTask(closed -> task.run());
  }

  /** Notes that the viewer is sent changes from now on. */
  void welcome() {
    welcome = true;
  }

  boolean isWelcome() {
    return welcome;
  }

  /**
   * Puts an event in the viewer's queue. Never waits.
   *
   * @return whether it was not yet full
   */
  boolean send(String event, String text) {
    if (unsent.get() >= MAX_UNSENT) {
      return false;
    }
    unsent.incrementAndGet();
    events.send(text, event, null, this);
    return true;
  }

  int unsent() {
    return unsent.get();
  }

  @Override
  public void done(ServerSentEventConnection taker, String data, String event, String id) {
    unsent.decrementAndGet();
  }

  @Override
  public void failed(
      ServerSentEventConnection taker, String data, String event, String id, IOException failure) {
    close();
  }

  /** Closes the socket too, at once: there is no waiting for a viewer that does not read. */
  void close() {
    IoUtils.safeClose(events);
    IoUtils.safeClose(connection);
  }
}
