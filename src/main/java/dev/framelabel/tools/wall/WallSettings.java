package dev.framelabel.tools.wall;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;

/**
 * Settings of a wall.
 *
 * @param client properties of the Kafka client, {@code bootstrap.servers} among them
 * @param host address to bind to
 * @param port 0 for any that is free
 * @param token secret that viewers must send; empty for none
 * @param committedOnly show nothing that is not committed
 */
public record WallSettings(
    Map<String, String> client,
    LiveTopics topics,
    String host,
    int port,
    String token,
    boolean committedOnly) {
  /** Address to bind to by default. */
  public static final String LOOPBACK = "127.0.0.1";

  public WallSettings {
    client = Map.copyOf(client);
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port " + port + "; expected 0 to 65535");
    }
    if (!token.isEmpty() && token.length() < 8) {
      throw new IllegalArgumentException(
          "the wall's token has " + token.length() + " characters; expected 8 or more");
    }
  }

  /** Returns the settings of a wall for this machine alone. */
  public static WallSettings local(Map<String, String> client, int port) {
    return new WallSettings(client, LiveTopics.DEFAULT, LOOPBACK, port, "", false);
  }

  /**
   * Returns whether only this machine can reach the wall.
   *
   * @throws IllegalArgumentException if the host is not known
   */
  public boolean isLocal() {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("the wall's host '" + host + "' is not known here", e);
    }
  }

  @Override
  public String toString() {
    return "WallSettings[" + host + ":" + port + "]";
  }
}
