package dev.framelabel.address;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Masking of what an address may hold that is secret: user, password and query. A password may hold
 * any character, also those that the syntax reserves, so all up to the last {@code @} is masked:
 * rather too much than too little.
 */
public final class Addresses {
  private static final String MASK = "***";
  private static final int SHORTEST_SECRET = 4;
  private static final String SCHEME = "[A-Za-z][A-Za-z0-9+.-]*://";
  private static final Pattern WHOLE = Pattern.compile("(" + SCHEME + ")?(.*)", Pattern.DOTALL);

  /**
   * Up to the line's last @; but what is masked already stays, so that masking twice does no harm.
   */
  private static final Pattern USER_IN_TEXT =
      Pattern.compile("(" + SCHEME + ")(?!\\*\\*\\*@[^\\s@]*(?:\\s|$))[^\\r\\n]*@");

  private static final Pattern QUERY_IN_TEXT = Pattern.compile("(" + SCHEME + "[^\\s?#]*)[?#]\\S+");
  private static final Pattern USER = Pattern.compile(SCHEME + "(.*)@.*", Pattern.DOTALL);

  private Addresses() {}

  /** Returns an address without user, password, query and fragment. */
  public static String mask(String address) {
    Matcher parts = WHOLE.matcher(address);
    if (!parts.matches()) {
      return MASK;
    }
    String scheme = parts.group(1) == null ? "" : parts.group(1);
    String rest = parts.group(2);
    int at = rest.lastIndexOf('@');
    String shown = rest.substring(at + 1).replaceFirst("(?s)[?#].+", "?" + MASK);
    return scheme + (at < 0 ? "" : MASK + "@") + shown;
  }

  /** Returns a text with each address in it masked. */
  public static String maskIn(String text) {
    String users = USER_IN_TEXT.matcher(text).replaceAll("$1" + MASK + "@");
    return QUERY_IN_TEXT.matcher(users).replaceAll("$1?" + MASK);
  }

  /**
   * Returns a text with each address in it masked.
   *
   * @param own an address that is known: its secret parts are masked also where they stand alone
   */
  public static String maskIn(String text, String own) {
    String masked = text.replace(own, mask(own));
    Matcher user = USER.matcher(own);
    if (user.matches()) {
      for (String secret : secrets(user.group(1))) {
        masked = masked.replace(secret, MASK);
      }
    }
    return maskIn(masked);
  }

  /**
   * Returns user with password, and password, as they stand there and decoded; the longest first.
   */
  private static Iterable<String> secrets(String user) {
    TreeSet<String> secrets =
        new TreeSet<>(Comparator.comparingInt(String::length).reversed().thenComparing(s -> s));
    String password = user.substring(user.indexOf(':') + 1);
    for (String secret : new String[] {user, password}) {
      secrets.addAll(List.of(secret, decoded(secret)));
    }
    secrets.removeIf(secret -> secret.length() < SHORTEST_SECRET);
    return secrets;
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }

  /** Returns whether an address has a user with a password; what a query holds is not known. */
  public static boolean hasPassword(String address) {
    Matcher user = USER.matcher(address);
    return user.matches() && user.group(1).contains(":");
  }
}
