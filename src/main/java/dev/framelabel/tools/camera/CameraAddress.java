package dev.framelabel.tools.camera;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Tells the addresses of cameras apart, and masks them. */
final class CameraAddress {
  static final String USB = "usb:";
  static final List<String> USB_FORMATS = List.of("v4l2", "dshow", "avfoundation");

  private CameraAddress() {}

  /** How an address is read. */
  enum Kind {
    RTSP,
    HTTP,
    USB,
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
    if (lower.startsWith(USB)) {
      return usb(address);
    }
    if (lower.contains("://")) {
      throw new IllegalArgumentException(
          "camera "
              + mask(address)
              + "; expected rtsp://, rtsps://, http://, https://, usb:, a video file or a folder");
    }
    Path path = Path.of(address);
    if (!Files.exists(path)) {
      throw new IllegalArgumentException("camera " + address + ": there is no such file or folder");
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

  /** Whether it is user:password@ of an address; what a query holds is not known. */
  static boolean hasPassword(String address) {
    return address.matches("(?i)[a-z]+://[^/?#\\s]*:[^/?#\\s]*@.*");
  }

  /** The text without the passwords and queries of addresses in it. */
  static String mask(String text) {
    return text.replaceAll("(?i)([a-z]+://)[^/\\s]*@", "$1***@").replaceAll("\\?\\S*", "?***");
  }
}
