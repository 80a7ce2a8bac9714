package dev.framelabel.tools.wall;

import dev.framelabel.event.Bytes;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;

/** One file of the page, held in memory. */
record StaticPage(String path, String type, Bytes content) implements HttpHandler {
  static final List<StaticPage> ALL =
      List.of(
          of("/", "wall.html", "text/html; charset=utf-8"),
          of("/wall.css", "wall.css", "text/css; charset=utf-8"),
          of("/wall.js", "wall.js", "text/javascript; charset=utf-8"),
          of("/icon.svg", "icon.svg", "image/svg+xml"),
          of("/api/openapi.json", "openapi.json", "application/json; charset=utf-8"));

  private static StaticPage of(String path, String file, String type) {
    try (InputStream in =
        Objects.requireNonNull(StaticPage.class.getResourceAsStream(file), "resource " + file)) {
      return new StaticPage(path, type, Bytes.wrap(in.readAllBytes()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) {
    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, type);
    exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "no-cache");
    exchange.getResponseSender().send(ByteBuffer.wrap(content.array()));
  }
}
