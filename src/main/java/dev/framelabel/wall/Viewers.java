package dev.framelabel.wall;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.undertow.server.handlers.sse.ServerSentEventConnection;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.xnio.IoUtils;

/**
 * Those who watch, and what they are sent: the same text to all of them, five times a second. One
 * who does not read is dropped, so that he costs the others nothing.
 */
final class Viewers implements AutoCloseable {
  static final int MAX_VIEWERS = 500;
  private static final long TICK_MILLIS = 200;
  private static final int SUMMARY_EVERY = 5;
  private static final int MANY_CAMERAS = 16;
  private static final int MAX_UNSENT = 30;

  private final WallModel model;
  private final Map<ServerSentEventConnection, Viewer> viewers = new ConcurrentHashMap<>();
  private final Map<String, Long> sentVersions = new HashMap<>();
  private final Map<String, String> sentStates = new HashMap<>();
  private final AtomicLong dropped = new AtomicLong();
  private final ScheduledExecutorService ticker =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "framelabel-wall-ticker");
            thread.setDaemon(true);
            return thread;
          });
  private long ticks;

  Viewers(WallModel model) {
    this.model = model;
    Future<?> ignored =
        ticker.scheduleAtFixedRate(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Takes a viewer in and sends him all that there is. */
  void add(ServerSentEventConnection connection) {
    if (viewers.size() >= MAX_VIEWERS) {
      IoUtils.safeClose(connection);
      return;
    }
    Viewer viewer = new Viewer();
    connection.addCloseTask(closed -> viewers.remove(closed));
    viewers.put(connection, viewer);
    send(connection, viewer, "snapshot", WallJson.write(snapshot()));
  }

  /** All cameras and the panel. */
  ObjectNode snapshot() {
    Instant now = model.now();
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.set("summary", WallJson.summary(model.summary(), count(), now));
    node.putArray("cameras").addAll(model.cameras(board -> WallJson.camera(board, now)));
    return node;
  }

  int count() {
    return viewers.size();
  }

  /** Viewers who were dropped because they did not read. */
  long dropped() {
    return dropped.get();
  }

  private void tick() {
    ticks++;
    // With many cameras each tile changes less often: a page has only so much to give.
    boolean summary = ticks % SUMMARY_EVERY == 0;
    Instant now = model.now();
    List<ObjectNode> changed = new ArrayList<>();
    int every = sentVersions.size() > MANY_CAMERAS ? 3 : 1;
    if (ticks % every == 0) {
      model.cameras(board -> addIfChanged(board, now, changed));
    }
    if (!viewers.isEmpty()) {
      if (!changed.isEmpty()) {
        sendAll("tiles", WallJson.write(changed));
      }
      if (summary) {
        sendAll("summary", WallJson.write(WallJson.summary(model.summary(), count(), now)));
      }
    }
  }

  private boolean addIfChanged(CameraBoard board, Instant now, List<ObjectNode> changed) {
    String state = board.state(now).name();
    Long version = sentVersions.put(board.cameraId(), board.version());
    String before = sentStates.put(board.cameraId(), state);
    boolean changes = version == null || version != board.version() || !state.equals(before);
    return changes && changed.add(WallJson.tile(board, now));
  }

  private void sendAll(String event, String text) {
    viewers.forEach((connection, viewer) -> send(connection, viewer, event, text));
  }

  private void send(
      ServerSentEventConnection connection, Viewer viewer, String event, String text) {
    if (viewer.unsent.incrementAndGet() > MAX_UNSENT) {
      if (viewers.remove(connection) != null) {
        dropped.incrementAndGet();
      }
      IoUtils.safeClose(connection);
      return;
    }
    connection.send(text, event, null, viewer);
  }

  @Override
  public void close() {
    ticker.shutdownNow();
    viewers.keySet().forEach(IoUtils::safeClose);
  }

  /** Counts what one viewer has not yet taken. */
  private static final class Viewer implements ServerSentEventConnection.EventCallback {
    private final AtomicInteger unsent = new AtomicInteger();

    @Override
    public void done(ServerSentEventConnection connection, String data, String event, String id) {
      unsent.decrementAndGet();
    }

    @Override
    public void failed(
        ServerSentEventConnection connection,
        String data,
        String event,
        String id,
        IOException failure) {
      IoUtils.safeClose(connection);
    }
  }
}
