package dev.framelabel.tools.camera;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avformat.*;
import static org.bytedeco.ffmpeg.global.avutil.*;

import dev.framelabel.address.Addresses;
import java.io.IOException;
import java.net.URI;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOInterruptCB;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * An RTSP stream, video file or USB camera, read by FFmpeg. JPEG pictures pass as they are; others
 * are decoded and become JPEG. A call that brings nothing for six seconds is ended, where FFmpeg
 * asks; where it does not, the camera's watchdog is there.
 *
 * @param name what FFmpeg is to open
 * @param format FFmpeg's name of the input; empty to find it out
 */
record VideoSource(String name, String format, CameraAddress.Kind kind, PictureSettings settings)
    implements PictureSource {
  private static final long PATIENCE_NANOS = 6_000_000_000L;

  static VideoSource of(String address, PictureSettings settings) {
    CameraAddress.Kind kind = CameraAddress.kind(address);
    if (kind == CameraAddress.Kind.USB) {
      String[] parts = address.split(":", 3);
      return new VideoSource(parts[2], parts[1], kind, settings);
    }
    return new VideoSource(address, "", kind, settings);
  }

  /** Returns the same source, after a check of its host where it has one. */
  PictureSource behind(AddressGuard guard) {
    return sink -> {
      if (kind == CameraAddress.Kind.RTSP) {
        guard.check(uri());
      }
      read(sink);
    };
  }

  private URI uri() throws IOException {
    try {
      return URI.create(name);
    } catch (IllegalArgumentException e) {
      throw new IOException("camera " + Addresses.mask(name) + " is no RTSP address", e);
    }
  }

  @Override
  public void read(Sink sink) throws IOException, InterruptedException {
    FFmpeg.load();
    if (kind == CameraAddress.Kind.USB) {
      FFmpeg.loadDevices();
    }
    AVInputFormat inputFormat = inputFormat();
    // From here on nothing may fail before avformat_open_input, which frees the context if it does.
    AVFormatContext input = avformat_alloc_context();
    try (Patience patience = new Patience(sink)) {
      input.interrupt_callback().callback(patience);
      AVDictionary options = options();
      int opened = avformat_open_input(input, name, inputFormat, options);
      av_dict_free(options);
      check(opened, "open");
      try {
        check(avformat_find_stream_info(input, (AVDictionary) null), "look into");
        int stream =
            av_find_best_stream(input, AVMEDIA_TYPE_VIDEO, -1, -1, (PointerPointer<?>) null, 0);
        check(stream, "find a picture in");
        readStream(input, input.streams(stream), sink, patience);
      } finally {
        avformat_close_input(input);
      }
    }
  }

  private AVInputFormat inputFormat() throws IOException {
    if (format.isEmpty()) {
      return null;
    }
    AVInputFormat found = av_find_input_format(format);
    if (found == null) {
      throw new IOException("FFmpeg has no input " + format + " on this system");
    }
    return found;
  }

  private AVDictionary options() {
    AVDictionary options = new AVDictionary(null);
    String protocols = kind == CameraAddress.Kind.RTSP ? "rtsp,rtsps,rtp,udp,tcp,tls" : "file";
    av_dict_set(options, "protocol_whitelist", protocols, 0);
    if (kind == CameraAddress.Kind.RTSP) {
      av_dict_set(options, "rtsp_transport", "tcp", 0);
      av_dict_set(options, "analyzeduration", "2000000", 0);
    }
    return options;
  }

  private void readStream(AVFormatContext input, AVStream stream, Sink sink, Patience patience)
      throws IOException, InterruptedException {
    AVPacket packet = av_packet_alloc();
    try (StreamDecoder decoder = new StreamDecoder(stream, settings)) {
      while (!sink.stops()) {
        int read = av_read_frame(input, packet);
        if (read == AVERROR_EOF && kind == CameraAddress.Kind.FILE) {
          decoder.take(null, sink);
          return;
        }
        check(read, "read from");
        patience.begin();
        if (packet.stream_index() == stream.index()) {
          decoder.take(packet, sink);
          patience.begin();
        }
        av_packet_unref(packet);
      }
    } finally {
      av_packet_free(packet);
    }
  }

  private void check(int result, String what) throws IOException {
    int ignored = FFmpeg.check(result, what + " " + Addresses.mask(name));
  }

  /** Callback that FFmpeg calls again and again while it waits. */
  private static final class Patience extends AVIOInterruptCB.Callback_Pointer {
    private final transient Sink sink;
    private volatile long begun = System.nanoTime();

    Patience(Sink sink) {
      super();
      this.sink = sink;
    }

    void begin() {
      begun = System.nanoTime();
    }

    @Override
    public int call(Pointer unused) {
      return System.nanoTime() - begun > PATIENCE_NANOS || sink.stops() ? 1 : 0;
    }
  }
}
