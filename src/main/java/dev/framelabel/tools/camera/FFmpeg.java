package dev.framelabel.tools.camera;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;
import static org.bytedeco.ffmpeg.global.avutil.av_strerror;

import java.io.IOException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.global.avdevice;

/**
 * Loader of FFmpeg's libraries, and the checks of its results. Its libraries for files and streams
 * need nothing of the system; the one for USB cameras needs libraries for sound and screen, so only
 * USB cameras load it.
 */
final class FFmpeg {
  private static final Pattern NOT_FOUND =
      Pattern.compile("(lib[^:/\\s]+\\.so[.0-9]*): cannot open");

  /** Packages of Debian and Ubuntu, by the beginning of the library's name. */
  private static final Map<String, String> PACKAGES =
      Map.of(
          "libpulse.", "libpulse0",
          "libasound.", "libasound2 (libasound2t64 from Debian 13 and Ubuntu 24.04 on)",
          "libxcb.", "libxcb1",
          "libxcb-shm.", "libxcb-shm0",
          "libstdc++.", "libstdc++6",
          "libgcc_s.", "libgcc-s1");

  private FFmpeg() {}

  /** Kept, because Java gives the reason for the first failure only. */
  private static final class Base {
    // The log of FFmpeg shows addresses with their passwords.
    static final String FAULT =
        fault(() -> av_log_set_level(AV_LOG_QUIET), "cameras", "all other commands");
  }

  private static final class Devices {
    static final String FAULT =
        fault(
            avdevice::avdevice_register_all,
            "USB cameras",
            "RTSP and HTTP cameras, video files and folders");
  }

  /**
   * Loads what all cameras need; the first time this takes a second or two.
   *
   * @throws IllegalStateException if a library of the system is missing; says which
   */
  static void load() {
    if (!Base.FAULT.isEmpty()) {
      throw new IllegalStateException(Base.FAULT);
    }
  }

  /**
   * Loads what USB cameras need.
   *
   * @throws IOException if a library of the system is missing; says which
   */
  static void loadDevices() throws IOException {
    if (!Devices.FAULT.isEmpty()) {
      throw new IOException(Devices.FAULT);
    }
  }

  private static String fault(Runnable load, String what, String without) {
    try {
      load.run();
      return "";
    } catch (LinkageError e) {
      return fault(e, what, without);
    }
  }

  /** Returns why native libraries do not load, and what to do. */
  static String fault(LinkageError failure, String what, String without) {
    String found = failure.toString();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      Matcher missing = NOT_FOUND.matcher(String.valueOf(cause.getMessage()));
      if (missing.find()) {
        String library = missing.group(1);
        String cure =
            PACKAGES.entrySet().stream()
                .filter(entry -> library.startsWith(entry.getKey()))
                .map(entry -> "install package " + entry.getValue() + " of Debian or Ubuntu")
                .findFirst()
                .orElse("install it");
        found = library + " is not installed: " + cure;
        break;
      }
    }
    return "%s need a native library that does not load: %s. Without it %s work"
        .formatted(what, found, without);
  }

  /**
   * Returns the result of a call of FFmpeg, if it is no error.
   *
   * @throws IOException if the result is an error
   */
  static int check(int result, String what) throws IOException {
    if (result < 0) {
      byte[] text = new byte[128];
      av_strerror(result, text, text.length);
      throw new IOException("cannot " + what + ": " + new String(text, UTF_8).replace("\0", ""));
    }
    return result;
  }

  static void open(AVCodecContext codec, String what) throws IOException {
    if (codec.codec() == null) {
      throw new IOException("cannot " + what + ": FFmpeg has no such codec");
    }
    check(avcodec_open2(codec, codec.codec(), (AVDictionary) null), what);
  }

  static byte[] bytes(AVPacket packet) {
    byte[] bytes = new byte[packet.size()];
    packet.data().get(bytes);
    return bytes;
  }
}
