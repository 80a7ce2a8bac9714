package dev.framelabel.tools.camera;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avdevice.avdevice_register_all;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;
import static org.bytedeco.ffmpeg.global.avutil.av_strerror;

import java.io.IOException;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;

/** What all users of FFmpeg need. */
final class FFmpeg {
  static {
    // Its log shows addresses with their passwords.
    av_log_set_level(AV_LOG_QUIET);
    avdevice_register_all();
  }

  private FFmpeg() {}

  /** Loads the library; the first time this takes a second or two. */
  static void load() {
    // The static part does it.
  }

  /**
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
