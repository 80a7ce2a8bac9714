package dev.framelabel.tools.wall;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.ServerConnection;
import io.undertow.util.AttachmentKey;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;

/**
 * Limits for slow readers and senders: a request has a deadline, and all answers in flight share a
 * limited memory. Where that is full, the oldest answer is dropped, because its reader is the
 * slowest. Thread-safe.
 */
final class AnswerLimits implements HttpHandler {
  static final long DEADLINE_MILLIS = 30_000;
  static final long MAX_BYTES = 128L << 20;
  private static final AttachmentKey<XnioExecutor.Key> DEADLINE =
      AttachmentKey.create(XnioExecutor.Key.class);
  private static final AttachmentKey<Boolean> KNOWN = AttachmentKey.create(Boolean.class);

  private final HttpHandler next;
  private final long deadlineMillis;
  private final long maxBytes;
  private final Map<ServerConnection, Long> underWay = new LinkedHashMap<>();
  private long bytes;

  AnswerLimits(HttpHandler next, long deadlineMillis, long maxBytes) {
    this.next = next;
    this.deadlineMillis = deadlineMillis;
    this.maxBytes = maxBytes;
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) throws Exception {
    ServerConnection connection = exchange.getConnection();
    if (connection.putAttachment(KNOWN, true) == null) {
      // An exchange whose connection breaks may never complete.
      connection.addCloseListener(this::release);
    }
    XnioExecutor.Key deadline =
        exchange
            .getIoThread()
            .executeAfter(
                () -> IoUtils.safeClose(connection), deadlineMillis, TimeUnit.MILLISECONDS);
    exchange.putAttachment(DEADLINE, deadline);
    exchange.addResponseCommitListener(
        committed -> hold(connection, committed.getResponseContentLength()));
    exchange.addExchangeCompleteListener(
        (ended, following) -> {
          boolean ignored = deadline.remove();
          release(connection);
          following.proceed();
        });
    next.handleRequest(exchange);
  }

  /** Lifts the deadline of an answer that has no end; the caller bounds its reader. */
  static void withoutEnd(HttpServerExchange exchange) {
    boolean ignored = exchange.getAttachment(DEADLINE).remove();
  }

  private void hold(ServerConnection connection, long size) {
    synchronized (this) {
      underWay.put(connection, Math.max(0, size));
      bytes += Math.max(0, size);
    }
    for (ServerConnection slowest = slowest(); slowest != null; slowest = slowest()) {
      IoUtils.safeClose(slowest);
    }
  }

  /** Takes the oldest answer out while all take too much; one alone may have any size. */
  private synchronized ServerConnection slowest() {
    if (bytes <= maxBytes || underWay.size() < 2) {
      return null;
    }
    Iterator<Map.Entry<ServerConnection, Long>> all = underWay.entrySet().iterator();
    Map.Entry<ServerConnection, Long> oldest = all.next();
    bytes -= oldest.getValue();
    all.remove();
    return oldest.getKey();
  }

  private synchronized void release(ServerConnection connection) {
    Long size = underWay.remove(connection);
    bytes -= size == null ? 0 : size;
  }

  /** Returns the bytes of all answers in flight. */
  synchronized long bytes() {
    return bytes;
  }
}
