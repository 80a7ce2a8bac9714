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

/**
 * Encoder that scales decoded pictures, turns them as their display matrix says, and makes JPEG
 * files of them, in the colours of JPEG. Owns FFmpeg's memory. Not thread-safe.
 */
final class JpegEncoder implements AutoCloseable {
  private static final int BEST = 2;
  private static final int WORST = 31;
  private static final int MOST_DEPTH = 16;

  /** Without them colours are off by 2 of 255 and more, and all to one side. */
  private static final int EXACT = SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP;

  private static final long OF_RGB =
      AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BAYER | AV_PIX_FMT_FLAG_XYZ;

  /** AV_FRAME_FLAG_INTERLACED, which the Java binding lacks. */
  private static final int INTERLACED = 1 << 3;

  private final AVFrame scaled = av_frame_alloc();
  private final AVFrame finished = av_frame_alloc();
  private final AVPacket encoded = av_packet_alloc();
  private final SwsContext scaler = sws_alloc_context();
  private AVCodecContext encoder;
  private long pictures;

  /**
   * Encodes a picture of any pixel format. Its marks of colours and interlacing may be changed.
   *
   * @param scale 1 or less
   * @param quality 1 to 100
   */
  byte[] encode(AVFrame frame, double scale, int quality) throws IOException {
    int width = Math.max(2, (int) Math.round(frame.width() * scale));
    int height = Math.max(2, (int) Math.round(frame.height() * scale));
    DisplayMatrix matrix = DisplayMatrix.of(frame);
    try {
      prepare(scaled, width, height);
      ColourMatrix colours = scale(frame);
      if (colours.isOfJpeg() && matrix.isUpright()) {
        return encode(scaled, quality);
      }
      prepare(finished, matrix.width(width, height), matrix.height(width, height));
      colours.toJpeg(scaled, finished, matrix);
      return encode(finished, quality);
    } catch (IOException e) {
      // What failed half-way must not fail the pictures that follow.
      closeEncoder();
      throw e;
    }
  }

  private byte[] encode(AVFrame picture, int quality) throws IOException {
    if (encoder == null
        || encoder.width() != picture.width()
        || encoder.height() != picture.height()) {
      open(picture.width(), picture.height());
    }
    picture.quality(FF_QP2LAMBDA * (BEST + (100 - quality) * (WORST - BEST) / 99));
    picture.pts(++pictures);
    FFmpeg.check(avcodec_send_frame(encoder, picture), "encode a picture");
    FFmpeg.check(avcodec_receive_packet(encoder, encoded), "encode a picture");
    byte[] file = FFmpeg.bytes(encoded);
    av_packet_unref(encoded);
    return file;
  }

  /**
   * Scales a picture. YUV keeps its colours, for FFmpeg's scaler makes them of RGB on the way, and
   * moves them by half a step where it changes the range.
   *
   * @return the colours of the result
   */
  private ColourMatrix scale(AVFrame frame) throws IOException {
    AVPixFmtDescriptor format = av_pix_fmt_desc_get(frame.format());
    // FFmpeg's scaler ends the process for some deeper formats (yaf32), and for a row of Bayer.
    if (format == null
        || format.isNull()
        || format.comp(0).depth() > MOST_DEPTH
        || (frame.height() == 1 && (format.flags() & AV_PIX_FMT_FLAG_BAYER) != 0)) {
      throw new IOException("FFmpeg cannot convert pictures of this kind");
    }
    ColourMatrix colours = ColourMatrix.of(frame);
    if ((format.flags() & OF_RGB) != 0) {
      colours = ColourMatrix.OF_RGB;
    } else if (format.nb_components() < 3) {
      colours = ColourMatrix.OF_GREY;
    }
    scaled.color_range(colours.full() ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG);
    leaveAsItIs(frame);
    scaler.flags(EXACT | (frame.width() == scaled.width() ? SWS_BILINEAR : SWS_AREA));
    FFmpeg.check(sws_scale_frame(scaler, scaled, frame), "scale a picture");
    return colours;
  }

  /** Takes from a picture all marks for which the scaler would change its values, or refuse it. */
  private static void leaveAsItIs(AVFrame frame) {
    frame.colorspace(AVCOL_SPC_BT470BG);
    frame.color_primaries(AVCOL_PRI_UNSPECIFIED).color_trc(AVCOL_TRC_UNSPECIFIED);
    av_frame_remove_side_data(frame, AV_FRAME_DATA_MASTERING_DISPLAY_METADATA);
    frame.flags(frame.flags() & ~INTERLACED);
  }

  /** Gives a frame room for a picture of this size, to write into. */
  private static void prepare(AVFrame frame, int width, int height) throws IOException {
    if (frame.width() == width && frame.height() == height) {
      FFmpeg.check(av_frame_make_writable(frame), "take memory for a picture");
      return;
    }
    av_frame_unref(frame);
    frame.width(width).height(height).format(AV_PIX_FMT_YUV420P);
    frame.colorspace(AVCOL_SPC_BT470BG).color_range(AVCOL_RANGE_JPEG);
    FFmpeg.check(av_frame_get_buffer(frame, 0), "take memory for a picture");
  }

  private void open(int width, int height) throws IOException {
    closeEncoder();
    encoder = avcodec_alloc_context3(avcodec_find_encoder(AV_CODEC_ID_MJPEG));
    encoder.width(width).height(height).pix_fmt(AV_PIX_FMT_YUV420P);
    encoder.color_range(AVCOL_RANGE_JPEG).time_base(av_make_q(1, 25));
    encoder.flags(encoder.flags() | AV_CODEC_FLAG_QSCALE);
    encoder.qmin(BEST).qmax(WORST).thread_count(1);
    FFmpeg.open(encoder, "write JPEG of " + width + " x " + height);
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
    av_frame_free(finished);
    av_packet_free(encoded);
  }
}
