package dev.framelabel.tools.camera;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avutil.*;
import static org.bytedeco.ffmpeg.global.swscale.*;

import java.io.IOException;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVPixFmtDescriptor;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.DoublePointer;

/**
 * Encoder that scales decoded pictures and makes JPEG files of them. Owns FFmpeg's memory. Not
 * thread-safe.
 */
final class JpegEncoder implements AutoCloseable {
  private static final int BEST = 2;
  private static final int WORST = 31;
  private static final int MOST_DEPTH = 16;

  private final AVFrame scaled = av_frame_alloc();
  private final AVPacket encoded = av_packet_alloc();
  private AVCodecContext encoder;
  private SwsContext scaler;

  /**
   * Encodes a picture of any pixel format.
   *
   * @param scale 1 or less
   * @param quality 1 to 100
   */
  byte[] encode(AVFrame frame, double scale, int quality) throws IOException {
    int width = Math.max(2, (int) Math.round(frame.width() * scale));
    int height = Math.max(2, (int) Math.round(frame.height() * scale));
    try {
      if (encoder == null || encoder.width() != width || encoder.height() != height) {
        open(width, height);
      }
      scale(frame);
      return encodeScaled(quality);
    } catch (IOException e) {
      // What failed half-way must not fail the pictures that follow.
      closeEncoder();
      throw e;
    }
  }

  private byte[] encodeScaled(int quality) throws IOException {
    scaled.quality(FF_QP2LAMBDA * (BEST + (100 - quality) * (WORST - BEST) / 99));
    scaled.pts(scaled.pts() + 1);
    FFmpeg.check(avcodec_send_frame(encoder, scaled), "encode a picture");
    FFmpeg.check(avcodec_receive_packet(encoder, encoded), "encode a picture");
    byte[] file = FFmpeg.bytes(encoded);
    av_packet_unref(encoded);
    return file;
  }

  private void scale(AVFrame frame) throws IOException {
    AVPixFmtDescriptor format = av_pix_fmt_desc_get(frame.format());
    // FFmpeg's scaler ends the process for some deeper formats (yaf32).
    if (format == null || format.isNull() || format.comp(0).depth() > MOST_DEPTH) {
      throw new IOException("FFmpeg cannot convert pictures of this kind");
    }
    scaler =
        sws_getCachedContext(
            scaler,
            frame.width(),
            frame.height(),
            frame.format(),
            scaled.width(),
            scaled.height(),
            AV_PIX_FMT_YUVJ420P,
            frame.width() == scaled.width() ? SWS_BILINEAR : SWS_AREA,
            null,
            null,
            (DoublePointer) null);
    if (scaler == null) {
      throw new IOException("FFmpeg cannot convert pictures of this kind");
    }
    FFmpeg.check(av_frame_make_writable(scaled), "take memory for a picture");
    FFmpeg.check(
        sws_scale(
            scaler,
            frame.data(),
            frame.linesize(),
            0,
            frame.height(),
            scaled.data(),
            scaled.linesize()),
        "scale a picture");
  }

  private void open(int width, int height) throws IOException {
    closeEncoder();
    av_frame_unref(scaled);
    encoder = avcodec_alloc_context3(avcodec_find_encoder(AV_CODEC_ID_MJPEG));
    encoder.width(width).height(height).pix_fmt(AV_PIX_FMT_YUVJ420P);
    encoder.time_base(av_make_q(1, 25));
    encoder.flags(encoder.flags() | AV_CODEC_FLAG_QSCALE);
    encoder.qmin(BEST).qmax(WORST).thread_count(1);
    FFmpeg.open(encoder, "write JPEG of " + width + " x " + height);
    scaled.width(width).height(height).format(AV_PIX_FMT_YUVJ420P);
    scaled.pts(0);
    FFmpeg.check(av_frame_get_buffer(scaled, 0), "take memory for a picture");
  }

  private void closeEncoder() {
    if (encoder != null) {
      avcodec_free_context(encoder);
      encoder = null;
    }
  }

  @Override
  public void close() {
    closeEncoder();
    sws_freeContext(scaler);
    av_frame_free(scaled);
    av_packet_free(encoded);
  }
}
