package dev.framelabel.tools.camera;

import dev.framelabel.address.Addresses;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Kinds of camera addresses. */
final class CameraAddress {
  static final String USB = "usb:";
  static final List<String> USB_FORMATS = List.of("v4l2", "dshow", "avfoundation");

  private static final Pattern NETWORK = Pattern.compile("(?i)(rtsps?|https?)://");

  /** Else part of a password would be taken for host or path, and be sent somewhere. */
  private static final Pattern HAS_HOST =
      Pattern.compile(
          "[A-Za-z]+://(?:[^/?#\\s]*@)?(?:\\[[0-9A-Fa-f:.%]+\\]|[^:/?#\\[\\]@\\s]+)(?::[0-9]+)?"
              + "(?:[/?#].*)?",
          Pattern.DOTALL);

  private CameraAddress() {}

  /** Kind of source that an address names. */
  enum Kind {
    RTSP,
    HTTP,
    USB,
    FILE,
    FOLDER
  }

  /**
   * Returns what an address stands for; opens nothing.
   *
   * @throws IllegalArgumentException if it is nothing that a camera may be
   */
  static Kind kind(String address) {
    String lower = address.toLowerCase(Locale.ROOT);
    if (NETWORK.matcher(address).lookingAt() && !HAS_HOST.matcher(address).matches()) {
      throw new IllegalArgumentException(
          "camera "
              + lower.substring(0, lower.indexOf("://") + 3)
              + "***: there is no host with a port in this address; expected"
              + " rtsp://USER:PASSWORD@HOST:PORT/PATH. Write reserved characters of user and password"
              + " as percent codes (/ is %2F, # is %23), and put the address in quotes in a YAML file");
    }
    if (lower.startsWith("rtsp://") || lower.startsWith("rtsps://")) {
      return Kind.RTSP;
    }
    if (lower.startsWith("http://") || lower.startsWith("https://")) {
      return Kind.HTTP;
    }
    if (lower.startsWith(USB)) {
      return usb(address);
    }
    if (lower.contains("://")) {
      throw new IllegalArgumentException(
          "camera "
              + Addresses.mask(address)
              + "; expected rtsp://, rtsps://, http://, https://, usb:, a video file or a folder");
    }
    Path path = Path.of(address);
    if (!Files.exists(path)) {
      throw new IllegalArgumentException(
          "camera " + Addresses.mask(address) + ": there is no such file or folder");
    }
    return Files.isDirectory(path) ? Kind.FOLDER : Kind.FILE;
  }

  private static Kind usb(String address) {
    List<String> parts = List.of(address.split(":", 3));
    if (parts.size() < 3 || !USB_FORMATS.contains(parts.get(1)) || parts.get(2).isEmpty()) {
      throw new IllegalArgumentException(
          "camera " + address + "; expected usb:FORMAT:DEVICE, FORMAT one of " + USB_FORMATS);
    }
    return Kind.USB;
  }
}
