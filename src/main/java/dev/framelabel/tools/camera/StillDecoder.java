package dev.framelabel.tools.camera;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avutil.*;

import dev.framelabel.image.ImageHeader.Format;
import java.io.IOException;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVComponentDescriptor;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVPixFmtDescriptor;
import org.bytedeco.javacpp.BytePointer;

/**
 * Decoder of picture files with FFmpeg. The frame that it gives is valid until its next call. Not
 * thread-safe.
 */
final class StillDecoder implements AutoCloseable {
  /** A JPEG of 64 million pixels without subsampling. */
  private static final long MOST_BYTES = 192_000_000;

  private static final long MOST_PIXELS = 64_000_000;

  /** Samples of a pixel for each colour type of PNG, with the transparency that it may get. */
  private static final int[] PNG_SAMPLES = {2, 4, 4, 4, 2, 4, 4, 4};

  private static final int MOST_POINTS = 1 << 20;
  private static final int GREEN = 1;
  private static final int PNG_COLOUR = 25;
  private static final byte[] NOTHING = {};

  /** Formats whose points are bits, indices, parts of words, or not in memory. */
  private static final long NO_BYTES =
      AV_PIX_FMT_FLAG_BITSTREAM
          | AV_PIX_FMT_FLAG_PAL
          | AV_PIX_FMT_FLAG_HWACCEL
          | AV_PIX_FMT_FLAG_BAYER
          | AV_PIX_FMT_FLAG_FLOAT
          | AV_PIX_FMT_FLAG_XYZ;

  private final int jpegShrinking;
  private final AVFrame frame = av_frame_alloc();

  /**
   * Loads FFmpeg's libraries, if no other part has.
   *
   * @param jpegShrinking n: JPEG files are decoded at 1 / 2^n of their size, which is quicker: 0 to
   *     3
   */
  StillDecoder(int jpegShrinking) {
    FFmpeg.load();
    this.jpegShrinking = jpegShrinking;
  }

  /**
   * Decodes a whole picture file.
   *
   * @throws IOException if this is no whole JPEG, PNG or WebP file
   */
  AVFrame decode(byte[] file) throws IOException {
    int codec = codec(file);
    AVCodecContext decoder = avcodec_alloc_context3(avcodec_find_decoder(codec));
    AVPacket packet = av_packet_alloc();
    try {
      decoder
          .thread_count(1)
          .max_pixels(Math.min(MOST_PIXELS, MOST_BYTES / pixelBytes(codec, file)));
      if (codec == AV_CODEC_ID_MJPEG) {
        decoder.lowres(jpegShrinking);
      }
      FFmpeg.open(decoder, "read the picture");
      FFmpeg.check(av_new_packet(packet, file.length), "take memory for a picture");
      packet.data().put(file);
      av_frame_unref(frame);
      FFmpeg.check(avcodec_send_packet(decoder, packet), "read the picture");
      FFmpeg.check(avcodec_receive_frame(decoder, frame), "read the picture");
      return frame;
    } finally {
      av_packet_free(packet);
      avcodec_free_context(decoder);
    }
  }

  private static int codec(byte[] file) throws IOException {
    Format format =
        PictureFile.format(file)
            .orElseThrow(
                () -> new IOException("cannot read the picture: it is no JPEG, PNG or WebP file"));
    return switch (format) {
      case JPEG -> AV_CODEC_ID_MJPEG;
      case PNG -> AV_CODEC_ID_PNG;
      case WEBP -> AV_CODEC_ID_WEBP;
    };
  }

  /** Returns the bytes that a pixel takes at most, decoded. */
  private static int pixelBytes(int codec, byte[] file) {
    if (codec != AV_CODEC_ID_PNG || file.length <= PNG_COLOUR) {
      return codec == AV_CODEC_ID_WEBP ? 4 : 3;
    }
    return PNG_SAMPLES[file[PNG_COLOUR] & 7] * (file[PNG_COLOUR - 1] > Byte.SIZE ? 2 : 1);
  }

  /**
   * Returns the brightness of a decoded picture, 0 to 255, row by row; of RGB pictures their green.
   * Large pictures are thinned out to about {@link #MOST_POINTS}.
   *
   * @return nothing where a point of the format is not a byte of its own
   */
  static byte[] luma(AVFrame frame) {
    AVPixFmtDescriptor format = av_pix_fmt_desc_get(frame.format());
    if (format == null || format.isNull() || (format.flags() & NO_BYTES) != 0) {
      return NOTHING;
    }
    AVComponentDescriptor point =
        format.comp((format.flags() & AV_PIX_FMT_FLAG_RGB) != 0 ? GREEN : 0);
    int width = frame.width();
    BytePointer data = frame.data(point.plane());
    int line = frame.linesize(point.plane());
    long used = point.offset() + (width - 1L) * point.step() + 1;
    if (point.depth() != Byte.SIZE || point.shift() != 0 || data == null || used > line) {
      return NOTHING;
    }
    int every = (int) Math.ceil(Math.sqrt((double) width * frame.height() / MOST_POINTS));
    int across = (width + every - 1) / every;
    byte[] luma = new byte[across * ((frame.height() + every - 1) / every)];
    byte[] row = new byte[(int) used];
    for (int y = 0, at = 0; y < frame.height(); y += every) {
      data.position((long) y * line).get(row);
      for (int x = 0; x < width; x += every) {
        luma[at++] = row[point.offset() + x * point.step()];
      }
    }
    return luma;
  }

  @Override
  public void close() {
    av_frame_free(frame);
  }
}
