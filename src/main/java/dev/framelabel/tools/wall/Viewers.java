package dev.framelabel.tools.wall;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.sse.ServerSentEventHandler;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.commons.lang3.concurrent.BasicThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code GET /api/stream}: the viewers of the page, and the text that all of them are sent, five
 * times a second. A viewer that does not read is dropped, so that it costs the others nothing.
 *
 * <p>All texts are made and handed out on one thread. A text is in memory once, however many
 * viewers have not yet taken it; a viewer adds a copy of the text that it is being sent.
 */
final class Viewers implements HttpHandler, AutoCloseable {
  static final int MAX_VIEWERS = 500;
  private static final Logger LOG = LoggerFactory.getLogger(Viewers.class);
  private static final long TICK_MILLIS = 200;
  private static final int SUMMARY_EVERY = 5;
  private static final int MANY_CAMERAS = 16;
  private static final String RETRY_SECONDS = "10";

  private final WallModel model;
  private final Set<Viewer> viewers = ConcurrentHashMap.newKeySet();
  private final Map<String, Long> sentVersions = new HashMap<>();
  private final Map<String, String> sentStates = new HashMap<>();
  private final AtomicLong dropped = new AtomicLong();
  private final ScheduledExecutorService ticker =
      Executors.newSingleThreadScheduledExecutor(
          BasicThreadFactory.builder().namingPattern("framelabel-wall-ticker").daemon().build());
  private long ticks;
  private String snapshot = "";

  Viewers(WallModel model) {
    this.model = model;
    // After a pause of the machine no ticks are made up for: they would fill all queues at once.
    Future<?> ignored =
        ticker.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) throws Exception {
    if (viewers.size() >= MAX_VIEWERS) {
      exchange.getResponseHeaders().put(Headers.RETRY_AFTER, RETRY_SECONDS);
      Responses.fail(
          exchange,
          StatusCodes.SERVICE_UNAVAILABLE,
          MAX_VIEWERS + " pages are open, the maximum of this wall; try again later");
      return;
    }
    if (exchange.getRequestMethod().equals(Methods.HEAD)) {
      exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/event-stream; charset=UTF-8");
      exchange.endExchange();
      return;
    }
    AnswerLimits.withoutEnd(exchange);
    ServerSentEventHandler events =
        new ServerSentEventHandler(
            (connection, lastId) -> add(new Viewer(connection, exchange.getConnection())));
    events.handleRequest(exchange);
  }

  private void add(Viewer viewer) {
    viewers.add(viewer);
    viewer.onClose(() -> viewers.remove(viewer));
    try {
      ticker.execute(() -> welcome(viewer));
    } catch (RejectedExecutionException e) {
      // The wall is being closed.
      viewer.close();
    }
  }

  /** Sends all that there is. */
  private void welcome(Viewer viewer) {
    if (snapshot.isEmpty()) {
      snapshot = WallJson.write(snapshot());
    }
    viewer.welcome();
    send(viewer, "snapshot", snapshot);
  }

  private ObjectNode snapshot() {
    Instant now = model.now();
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.set("summary", WallJson.summary(model.summary(), count(), now));
    node.putArray("cameras").addAll(model.cameras(board -> WallJson.camera(board, now)));
    return node;
  }

  int count() {
    return viewers.size();
  }

  /** Returns the number of viewers that were dropped because they did not read. */
  long dropped() {
    return dropped.get();
  }

  /** Returns the number of events that all viewers together have not yet taken. */
  long unsent() {
    return viewers.stream().mapToLong(Viewer::unsent).sum();
  }

  private void tick() {
    try {
      snapshot = "";
      ticks++;
      sendChanges();
    } catch (RuntimeException e) {
      // An exception would end all ticks to come, and nobody would know why.
      LOG.error(
          "The wall could not send changes to its pages; it tries again at once. Likely cause: an"
              + " error in Framelabel: report it with the stack trace. See"
              + " docs/reference/messages.md, section 'Wall'",
          e);
    }
  }

  private void sendChanges() {
    Instant now = model.now();
    List<ObjectNode> changed = new ArrayList<>();
    // With many cameras each tile changes less often: a page has only so much to give.
    int every = sentVersions.size() > MANY_CAMERAS ? 3 : 1;
    if (ticks % every == 0) {
      model.cameras(board -> addIfChanged(board, now, changed));
    }
    if (viewers.isEmpty()) {
      return;
    }
    if (!changed.isEmpty()) {
      sendAll("tiles", WallJson.write(changed));
    }
    if (ticks % SUMMARY_EVERY == 0) {
      sendAll("summary", WallJson.write(WallJson.summary(model.summary(), count(), now)));
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
    for (Viewer viewer : viewers) {
      if (viewer.isWelcome()) {
        send(viewer, event, text);
      }
    }
  }

  private void send(Viewer viewer, String event, String text) {
    if (!viewer.send(event, text) && viewers.remove(viewer)) {
      dropped.incrementAndGet();
      viewer.close();
    }
  }

  @Override
  public void close() {
    ticker.shutdownNow();
    viewers.forEach(Viewer::close);
  }
}
