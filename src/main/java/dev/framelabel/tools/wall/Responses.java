package dev.framelabel.tools.wall;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;

/** Answers of the wall. */
final class Responses {
  private Responses() {}

  static void json(HttpServerExchange exchange, Object node) {
    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json; charset=utf-8");
    exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "no-store");
    exchange.getResponseSender().send(WallJson.write(node));
  }

  static void text(HttpServerExchange exchange, String type, String text) {
    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, type + "; charset=utf-8");
    exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "no-store");
    exchange.getResponseSender().send(text);
  }

  static void fail(HttpServerExchange exchange, int status, String why) {
    exchange.setStatusCode(status);
    json(exchange, JsonNodeFactory.instance.objectNode().put("error", why));
  }
}
