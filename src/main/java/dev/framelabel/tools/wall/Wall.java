package dev.framelabel.tools.wall;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.RoutingHandler;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.xnio.Options;

/** The live page of cameras and labels. Runs on threads of its own until its owner closes it. */
public final class Wall implements AutoCloseable {
  private static final int MAX_ENTITY_BYTES = 4 << 10;
  private static final int PARSE_TIMEOUT_MILLIS = 10_000;
  private static final int IDLE_TIMEOUT_MILLIS = 60_000;
  private static final int SEND_BUFFER_BYTES = 64 << 10;

  private final WallModel model;
  private final LiveFeed feed;
  private final Viewers viewers;
  private final PictureHandler pictures;
  private final AnswerLimits answers;
  private final Undertow server;
  private final String host;

  /**
   * Starts at once, whether or not a broker can be reached.
   *
   * @throws IllegalStateException if the port is taken
   */
  public static Wall start(WallSettings settings) {
    return start(settings, AnswerLimits.DEADLINE_MILLIS);
  }

  /** Starts a wall that gives each request so much time. */
  static Wall start(WallSettings settings, long deadlineMillis) {
    return new Wall(settings, deadlineMillis);
  }

  private Wall(WallSettings settings, long deadlineMillis) {
    host = settings.host();
    model = new WallModel(Clock.systemUTC());
    viewers = new Viewers(model);
    pictures = new PictureHandler(model);
    answers =
        new AnswerLimits(
            new AccessGuard(routes(), settings), deadlineMillis, AnswerLimits.MAX_BYTES);
    server =
        Undertow.builder()
            .addHttpListener(settings.port(), host, answers)
            .setIoThreads(2)
            .setWorkerThreads(8)
            // Little lies in the kernel for one who does not read; the rest is counted.
            .setSocketOption(Options.SEND_BUFFER, SEND_BUFFER_BYTES)
            .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, (long) MAX_ENTITY_BYTES)
            .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, PARSE_TIMEOUT_MILLIS)
            .setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, IDLE_TIMEOUT_MILLIS)
            .build();
    try {
      server.start();
    } catch (RuntimeException e) {
      pictures.close();
      viewers.close();
      throw new IllegalStateException(
          "the wall cannot listen on "
              + host
              + ":"
              + settings.port()
              + ": "
              + ExceptionUtils.getRootCause(e).getMessage(),
          e);
    }
    feed = feed(settings);
  }

  private LiveFeed feed(WallSettings settings) {
    try {
      return new LiveFeed(settings.client(), settings.topics(), settings.committedOnly(), model);
    } catch (RuntimeException e) {
      pictures.close();
      viewers.close();
      server.stop();
      throw e;
    }
  }

  private HttpHandler routes() {
    RoutingHandler routes = Handlers.routing();
    for (StaticPage page : StaticPage.ALL) {
      add(routes, page.path(), page);
    }
    add(routes, "/api/cameras", onWorker(this::cameras));
    add(routes, "/api/labels", onWorker(this::labels));
    add(routes, "/api/summary", onWorker(this::summary));
    add(routes, "/api/picture", checked(pictures));
    add(routes, "/api/stream", viewers);
    add(routes, "/metrics", onWorker(this::metrics));
    // Not on a worker: nothing that others ask for delays it.
    add(routes, "/healthz", this::health);
    routes.setFallbackHandler(
        exchange -> Responses.fail(exchange, StatusCodes.NOT_FOUND, "there is no such page"));
    routes.setInvalidMethodHandler(
        exchange -> {
          exchange.getResponseHeaders().put(Headers.ALLOW, "GET, HEAD");
          Responses.fail(exchange, StatusCodes.METHOD_NOT_ALLOWED, "only GET and HEAD work here");
        });
    return routes;
  }

  /** Adds a route for GET and HEAD; the server leaves the body out of answers to HEAD. */
  private static void add(RoutingHandler routes, String path, HttpHandler handler) {
    routes.get(path, handler).add(Methods.HEAD, path, handler);
  }

  /** Makes the answer on a worker's thread, which never waits for its reader. */
  private static HttpHandler onWorker(HttpHandler handler) {
    HttpHandler checked = checked(handler);
    return exchange -> exchange.dispatch(checked);
  }

  private static HttpHandler checked(HttpHandler handler) {
    return exchange -> {
      try {
        handler.handleRequest(exchange);
      } catch (IllegalArgumentException e) {
        Responses.fail(exchange, StatusCodes.BAD_REQUEST, e.getMessage());
      }
    };
  }

  private void cameras(HttpServerExchange exchange) {
    Instant now = model.now();
    Responses.json(exchange, model.cameras(board -> WallJson.camera(board, now)));
  }

  private void labels(HttpServerExchange exchange) {
    String camera = Query.required(exchange, "camera", "a camera's id");
    long since = Query.number(exchange, "since", 0, 0, Long.MAX_VALUE);
    Optional<List<ObservedResult>> history = model.history(camera);
    if (history.isEmpty()) {
      Responses.fail(exchange, StatusCodes.NOT_FOUND, "there is no such camera");
      return;
    }
    ArrayNode results = JsonNodeFactory.instance.arrayNode();
    history.get().stream()
        .filter(observed -> observed.capturedAt().toEpochMilli() > since)
        .forEach(observed -> results.add(WallJson.result(observed)));
    Responses.json(exchange, results);
  }

  private void summary(HttpServerExchange exchange) {
    Responses.json(exchange, WallJson.summary(model.summary(), viewers.count(), model.now()));
  }

  private void metrics(HttpServerExchange exchange) {
    Responses.text(
        exchange, "text/plain; version=0.0.4", WallMetrics.text(model.summary(), viewers));
  }

  private void health(HttpServerExchange exchange) {
    String fault = model.brokerFault();
    if (!fault.isEmpty()) {
      exchange.setStatusCode(StatusCodes.SERVICE_UNAVAILABLE);
    }
    Responses.json(
        exchange,
        JsonNodeFactory.instance.objectNode().put("status", fault.isEmpty() ? "ok" : fault));
  }

  WallModel model() {
    return model;
  }

  Viewers viewers() {
    return viewers;
  }

  AnswerLimits answers() {
    return answers;
  }

  /** Returns the page's address. */
  public String address() {
    InetSocketAddress bound = (InetSocketAddress) server.getListenerInfo().get(0).getAddress();
    return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + bound.getPort() + "/";
  }

  @Override
  public void close() throws Exception {
    feed.close();
    pictures.close();
    viewers.close();
    server.stop();
  }
}
