package dev.framelabel.tools.wall;

import io.undertow.server.HttpServerExchange;
import java.util.Deque;

/** Parameters of a request's query. */
final class Query {
  private Query() {}

  /** Returns the parameter; empty where it is missing. */
  static String text(HttpServerExchange exchange, String name) {
    Deque<String> values = exchange.getQueryParameters().get(name);
    return values == null || values.isEmpty() ? "" : values.getFirst();
  }

  /**
   * Returns the parameter.
   *
   * @param what the expected value, for people
   * @throws IllegalArgumentException if it is missing
   */
  static String required(HttpServerExchange exchange, String name, String what) {
    String text = text(exchange, name);
    if (text.isEmpty()) {
      throw new IllegalArgumentException(name + " is missing; expected " + what);
    }
    return text;
  }

  /**
   * Returns the parameter; the default where it is missing.
   *
   * @throws IllegalArgumentException if it is no whole number within the bounds
   */
  static long number(
      HttpServerExchange exchange, String name, long fallback, long least, long most) {
    String text = text(exchange, name);
    if (text.isEmpty()) {
      return fallback;
    }
    try {
      long number = Long.parseLong(text);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new IllegalArgumentException(
        name + " is '" + text + "'; expected a whole number from " + least + " to " + most);
  }
}
