package dev.framelabel.tools.camera;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.sun.net.httpserver.HttpExchange;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a camera does that asks for digest authentication (RFC 2617, quality "auth"). */
final class DigestLogin {
  private static final String REALM = "camera";
  private static final String NONCE = "5ccc069c403ebaf9f0171e9517f40e41";

  private final String user;
  private final String password;

  DigestLogin(String user, String password) {
    this.user = user;
    this.password = password;
  }

  String challenge() {
    return "Digest realm=\"" + REALM + "\", qop=\"auth\", algorithm=MD5, nonce=\"" + NONCE + "\"";
  }

  boolean isProvenBy(HttpExchange exchange) {
    String given = exchange.getRequestHeaders().getFirst("Authorization");
    if (given == null || !given.startsWith("Digest ")) {
      return false;
    }
    String secret = md5(user + ":" + REALM + ":" + password);
    String request = md5(exchange.getRequestMethod() + ":" + exchange.getRequestURI());
    String middle = NONCE + ":" + field(given, "nc") + ":" + field(given, "cnonce") + ":auth:";
    return field(given, "username").equals(user)
        && field(given, "response").equals(md5(secret + ":" + middle + request));
  }

  private static String field(String header, String name) {
    Matcher field = Pattern.compile("[ ,]" + name + "=\"?([^\",]*)").matcher(header);
    return field.find() ? field.group(1) : "";
  }

  private static String md5(String text) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("MD5").digest(text.getBytes(ISO_8859_1)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
