package dev.framelabel.camera;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avformat.*;
import static org.bytedeco.ffmpeg.global.avutil.*;
import static org.bytedeco.ffmpeg.global.swscale.*;

import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOInterruptCB;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * A stream or video file, read by FFmpeg. JPEG pictures pass as they are; others are decoded and
 * become JPEG. A network call that brings nothing for eight seconds is ended.
 */
final class VideoSource implements PictureSource {
  private static final long PATIENCE_NANOS = 8_000_000_000L;
  private static final int QUALITY = 3;

  private final String address;
  private final CameraAddress.Kind kind;
  private volatile long progressed;

  VideoSource(String address, CameraAddress.Kind kind) {
    this.address = address;
    this.kind = kind;
  }

  @Override
  public void read(Sink sink, BooleanSupplier stop) throws IOException, InterruptedException {
    av_log_set_level(AV_LOG_QUIET);
    progressed = System.nanoTime();
    AVFormatContext input = avformat_alloc_context();
    try (Patience patience = new Patience(stop)) {
      input.interrupt_callback().callback(patience);
      AVDictionary options = options();
      int opened = avformat_open_input(input, address, null, options);
      av_dict_free(options);
      check(opened, "open");
      try {
        check(avformat_find_stream_info(input, (AVDictionary) null), "look into");
        int stream =
            av_find_best_stream(input, AVMEDIA_TYPE_VIDEO, -1, -1, (PointerPointer<?>) null, 0);
        check(stream, "find a picture in");
        readStream(input, input.streams(stream), sink, stop);
      } finally {
        avformat_close_input(input);
      }
    }
  }

  private AVDictionary options() {
    AVDictionary options = new AVDictionary(null);
    String protocols =
        switch (kind) {
          case RTSP -> "rtsp,rtsps,rtp,udp,tcp,tls";
          case HTTP -> "http,https,tcp,tls";
          case FILE, FOLDER -> "file";
        };
    av_dict_set(options, "protocol_whitelist", protocols, 0);
    if (kind == CameraAddress.Kind.RTSP) {
      av_dict_set(options, "rtsp_transport", "tcp", 0);
    }
    return options;
  }

  private void readStream(AVFormatContext input, AVStream stream, Sink sink, BooleanSupplier stop)
      throws IOException, InterruptedException {
    AVPacket packet = av_packet_alloc();
    try (Decoder decoder = new Decoder(stream)) {
      while (!stop.getAsBoolean()) {
        int read = av_read_frame(input, packet);
        if (read == AVERROR_EOF && kind == CameraAddress.Kind.FILE) {
          decoder.decode(null, sink);
          return;
        }
        check(read, "read from");
        progressed = System.nanoTime();
        if (packet.stream_index() == stream.index()) {
          decoder.take(packet, sink);
          progressed = System.nanoTime();
        }
        av_packet_unref(packet);
      }
    } finally {
      av_packet_free(packet);
    }
  }

  private void check(int result, String what) throws IOException {
    if (result < 0) {
      byte[] text = new byte[128];
      av_strerror(result, text, text.length);
      String why = new String(text, java.nio.charset.StandardCharsets.UTF_8).replace("\0", "");
      throw new IOException("cannot " + what + " " + CameraAddress.mask(address) + ": " + why);
    }
  }

  /** Asked by FFmpeg again and again while it waits. */
  private final class Patience extends AVIOInterruptCB.Callback_Pointer {
    private final transient BooleanSupplier stop;

    Patience(BooleanSupplier stop) {
      super();
      this.stop = stop;
    }

    @Override
    public int call(Pointer unused) {
      boolean late = System.nanoTime() - progressed > PATIENCE_NANOS;
      return late || stop.getAsBoolean() ? 1 : 0;
    }
  }

  /** One stream's decoder and the encoder of its pictures. */
  private static final class Decoder implements AutoCloseable {
    private final boolean jpeg;
    private final AVCodecContext decoder;
    private final AVFrame frame = av_frame_alloc();
    private final AVFrame scaled = av_frame_alloc();
    private final AVPacket encoded = av_packet_alloc();
    private AVCodecContext encoder;
    private SwsContext scaler;

    Decoder(AVStream stream) throws IOException {
      jpeg = stream.codecpar().codec_id() == AV_CODEC_ID_MJPEG;
      decoder = avcodec_alloc_context3(avcodec_find_decoder(stream.codecpar().codec_id()));
      avcodec_parameters_to_context(decoder, stream.codecpar());
      decoder.thread_count(1);
      if (!jpeg && avcodec_open2(decoder, decoder.codec(), (AVDictionary) null) < 0) {
        throw new IOException("FFmpeg has no decoder for this video");
      }
    }

    void take(AVPacket packet, Sink sink) throws IOException, InterruptedException {
      if (jpeg) {
        sink.take(bytes(packet));
      } else {
        decode(packet, sink);
      }
    }

    void decode(AVPacket packet, Sink sink) throws IOException, InterruptedException {
      if (jpeg || avcodec_send_packet(decoder, packet) < 0) {
        return;
      }
      while (avcodec_receive_frame(decoder, frame) >= 0) {
        encode(sink);
      }
    }

    private void encode(Sink sink) throws IOException, InterruptedException {
      if (encoder == null
          || encoder.width() != frame.width()
          || encoder.height() != frame.height()) {
        openEncoder();
      }
      scaler =
          sws_getCachedContext(
              scaler,
              frame.width(),
              frame.height(),
              frame.format(),
              frame.width(),
              frame.height(),
              AV_PIX_FMT_YUVJ420P,
              SWS_BILINEAR,
              null,
              null,
              (DoublePointer) null);
      av_frame_make_writable(scaled);
      sws_scale(
          scaler,
          frame.data(),
          frame.linesize(),
          0,
          frame.height(),
          scaled.data(),
          scaled.linesize());
      scaled.quality(FF_QP2LAMBDA * QUALITY);
      scaled.pts(scaled.pts() + 1);
      if (avcodec_send_frame(encoder, scaled) >= 0
          && avcodec_receive_packet(encoder, encoded) >= 0) {
        byte[] picture = bytes(encoded);
        av_packet_unref(encoded);
        sink.take(picture);
      }
    }

    private void openEncoder() throws IOException {
      closeEncoder();
      av_frame_unref(scaled);
      encoder = avcodec_alloc_context3(avcodec_find_encoder(AV_CODEC_ID_MJPEG));
      encoder.width(frame.width()).height(frame.height()).pix_fmt(AV_PIX_FMT_YUVJ420P);
      encoder.time_base(av_make_q(1, 25));
      encoder.flags(encoder.flags() | AV_CODEC_FLAG_QSCALE);
      encoder.global_quality(FF_QP2LAMBDA * QUALITY).thread_count(1);
      if (avcodec_open2(encoder, encoder.codec(), (AVDictionary) null) < 0) {
        throw new IOException("FFmpeg cannot write JPEG of this size");
      }
      scaled.width(frame.width()).height(frame.height()).format(AV_PIX_FMT_YUVJ420P);
      scaled.pts(0);
      av_frame_get_buffer(scaled, 0);
    }

    private static byte[] bytes(AVPacket packet) {
      byte[] bytes = new byte[packet.size()];
      packet.data().get(bytes);
      return bytes;
    }

    private void closeEncoder() {
      if (encoder != null) {
        avcodec_free_context(encoder);
      }
    }

    @Override
    public void close() {
      closeEncoder();
      avcodec_free_context(decoder);
      sws_freeContext(scaler);
      av_frame_free(frame);
      av_frame_free(scaled);
      av_packet_free(encoded);
    }
  }
}
