package dev.framelabel.tools.wall;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.Cookie;
import io.undertow.server.handlers.CookieImpl;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.StatusCodes;
import java.security.MessageDigest;
import java.util.Set;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Handler before all others: adds the headers that keep a page to itself, refuses requests that
 * another site's page makes through a name of its own, and asks for the token where there is one
 * (header {@code Authorization: Bearer TOKEN}, or once {@code /?token=TOKEN}, which becomes a
 * cookie that holds the token's checksum: cookies take few characters).
 */
final class AccessGuard implements HttpHandler {
  private static final String COOKIE = "framelabel-wall";
  private static final String BEARER = "Bearer ";
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
          + " base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
  private static final Set<String> LOCAL_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final Set<String> OPEN_PATHS = Set.of("/healthz");

  private final HttpHandler next;
  private final String token;
  private final boolean local;
  private final String host;

  AccessGuard(HttpHandler next, WallSettings settings) {
    this.next = next;
    this.token = settings.token();
    this.local = settings.isLocal();
    this.host = settings.host().contains(":") ? "[" + settings.host() + "]" : settings.host();
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) throws Exception {
    header(exchange, "Content-Security-Policy", POLICY);
    header(exchange, "X-Content-Type-Options", "nosniff");
    header(exchange, "Referrer-Policy", "no-referrer");
    header(exchange, "Cross-Origin-Resource-Policy", "same-origin");
    header(exchange, "X-Frame-Options", "DENY");
    if (local && !isNamed(hostName(exchange))) {
      Responses.fail(
          exchange, StatusCodes.FORBIDDEN, "this wall answers to localhost and 127.0.0.1 only");
    } else if (token.isEmpty() || OPEN_PATHS.contains(exchange.getRequestPath())) {
      next.handleRequest(exchange);
    } else {
      withToken(exchange);
    }
  }

  private void withToken(HttpServerExchange exchange) throws Exception {
    String given = Query.text(exchange, "token");
    if (!given.isEmpty() && agree(given, token)) {
      exchange.setResponseCookie(
          new CookieImpl(COOKIE, DigestUtils.sha256Hex(token))
              .setHttpOnly(true)
              .setSameSiteMode("Strict")
              .setPath("/"));
      exchange.setStatusCode(StatusCodes.SEE_OTHER);
      exchange.getResponseHeaders().put(Headers.LOCATION, "/");
      exchange.endExchange();
      return;
    }
    if (holdsCookie(exchange) || bearsToken(exchange)) {
      next.handleRequest(exchange);
    } else {
      Responses.fail(
          exchange,
          StatusCodes.UNAUTHORIZED,
          "this wall needs its token: open /?token=TOKEN once, or send Authorization: Bearer TOKEN");
    }
  }

  private boolean holdsCookie(HttpServerExchange exchange) {
    Cookie cookie = exchange.getRequestCookie(COOKIE);
    return cookie != null && agree(cookie.getValue(), DigestUtils.sha256Hex(token));
  }

  private boolean bearsToken(HttpServerExchange exchange) {
    String given = exchange.getRequestHeaders().getFirst(Headers.AUTHORIZATION);
    return given != null
        && given.startsWith(BEARER)
        && agree(given.substring(BEARER.length()), token);
  }

  /** Compares two tokens in the same time, whatever differs. */
  private static boolean agree(String given, String expected) {
    return MessageDigest.isEqual(given.getBytes(UTF_8), expected.getBytes(UTF_8));
  }

  private boolean isNamed(String name) {
    return LOCAL_NAMES.contains(name) || host.equals(name);
  }

  private static String hostName(HttpServerExchange exchange) {
    String host = exchange.getRequestHeaders().getFirst(Headers.HOST);
    return host == null ? "" : host.replaceFirst(":\\d+$", "");
  }

  private static void header(HttpServerExchange exchange, String name, String value) {
    exchange.getResponseHeaders().put(new HttpString(name), value);
  }
}
