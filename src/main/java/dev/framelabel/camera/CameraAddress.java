package dev.framelabel.camera;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Checks and masks the addresses of cameras. */
final class CameraAddress {
  private CameraAddress() {}

  /** How an address is read. */
  enum Kind {
    RTSP,
    HTTP,
    FILE,
    FOLDER
  }

  /**
   * @throws IllegalArgumentException if it is nothing that a camera may be
   */
  static Kind kind(String address) {
    String lower = address.toLowerCase(Locale.ROOT);
    if (lower.startsWith("rtsp://") || lower.startsWith("rtsps://")) {
      return Kind.RTSP;
    }
    if (lower.startsWith("http://") || lower.startsWith("https://")) {
      return Kind.HTTP;
    }
    if (lower.contains("://")) {
      throw new IllegalArgumentException(
          "camera " + mask(address) + "; expected rtsp://, http://, a video file or a folder");
    }
    Path path = Path.of(address);
    if (!Files.exists(path)) {
      throw new IllegalArgumentException("camera " + address + ": there is no such file or folder");
    }
    return Files.isDirectory(path) ? Kind.FOLDER : Kind.FILE;
  }

  /**
   * Refuses link-local addresses, where clouds keep their machines' secrets.
   *
   * @throws IllegalArgumentException if the host is one of these
   */
  static void refuseLinkLocal(String address) {
    String host = URI.create(address).getHost();
    try {
      for (InetAddress found : InetAddress.getAllByName(host == null ? "" : host)) {
        if (found.isLinkLocalAddress() || found.isMulticastAddress()) {
          throw new IllegalArgumentException(
              "camera " + mask(address) + " is at a link-local address, which is not allowed");
        }
      }
    } catch (UnknownHostException e) {
      // The camera may come up later; each attempt asks again.
    }
  }

  /** The text without the passwords of addresses in it. */
  static String mask(String text) {
    return text.replaceAll("(?i)([a-z]+://)[^/\\s]*@", "$1***@").replaceAll("\\?\\S*", "?***");
  }
}
