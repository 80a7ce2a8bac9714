package dev.framelabel.tools.camera;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avutil.*;

import dev.framelabel.event.Bytes;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avcodec.AVProducerReferenceTime;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.SizeTPointer;

/**
 * Decoder that makes JPEG pictures of one stream's packets; packets that are plain JPEG pass as
 * they are. Owns FFmpeg's memory. Not thread-safe.
 */
final class StreamDecoder implements AutoCloseable {
  private static final int MOST_TIMES = 64;

  private final boolean jpeg;
  private final PictureSettings settings;
  private final AVCodecContext decoder;
  private final AVFrame frame = av_frame_alloc();
  private final JpegEncoder encoder = new JpegEncoder();
  private final Map<Long, Instant> times = new LinkedHashMap<>();

  StreamDecoder(AVStream stream, PictureSettings settings) throws IOException {
    this.settings = settings;
    jpeg = isPlainJpeg(stream.codecpar());
    decoder = avcodec_alloc_context3(avcodec_find_decoder(stream.codecpar().codec_id()));
    avcodec_parameters_to_context(decoder, stream.codecpar());
    decoder.thread_count(1);
    if (!jpeg) {
      open();
    }
  }

  /** Returns whether its pictures are right for all who read JPEG: full range, not to be turned. */
  private static boolean isPlainJpeg(AVCodecParameters parameters) {
    return parameters.codec_id() == AV_CODEC_ID_MJPEG
        && parameters.color_range() != AVCOL_RANGE_MPEG
        && av_packet_side_data_get(
                parameters.coded_side_data(),
                parameters.nb_coded_side_data(),
                AV_PKT_DATA_DISPLAYMATRIX)
            == null;
  }

  private void open() throws IOException {
    try {
      FFmpeg.open(decoder, "decode this video");
    } catch (IOException e) {
      // Nobody has this object yet who would close it.
      close();
      throw e;
    }
  }

  /**
   * Decodes a packet, and gives the pictures that are complete to the sink.
   *
   * @param packet null at the end of the stream
   */
  void take(AVPacket packet, PictureSource.Sink sink) throws IOException, InterruptedException {
    Optional<Instant> takenAt = packet == null ? Optional.empty() : time(packet);
    takenAt.ifPresent(sink::clock);
    if (jpeg) {
      if (packet != null) {
        takeJpeg(packet, takenAt, sink);
      }
      return;
    }
    takenAt.ifPresent(time -> remember(packet.pts(), time));
    // A damaged packet is no reason to lose the camera.
    if (avcodec_send_packet(decoder, packet) >= 0) {
      decode(sink);
    }
  }

  private static void takeJpeg(AVPacket packet, Optional<Instant> takenAt, PictureSource.Sink sink)
      throws InterruptedException {
    if (packet.size() > CapturedPicture.MOST_BYTES) {
      sink.refuse(
          "skipped a picture of %d bytes; expected at most %d"
              .formatted(packet.size(), CapturedPicture.MOST_BYTES));
      return;
    }
    byte[] file = FFmpeg.bytes(packet);
    if (PictureFile.format(file).isPresent()) {
      sink.take(CapturedPicture.of(file, takenAt));
    } else {
      sink.refuse(
          "skipped what is no picture: %s; expected JPEG"
              .formatted(PictureFile.describe("MJPEG", file.length, file)));
    }
  }

  private void decode(PictureSource.Sink sink) throws IOException, InterruptedException {
    while (avcodec_receive_frame(decoder, frame) >= 0) {
      Instant takenAt = times.remove(frame.pts());
      if (sink.wants()) {
        byte[] file = encoder.encode(frame, settings.scale(frame), settings.qualityOrDefault());
        sink.take(new CapturedPicture(Bytes.wrap(file), Optional.ofNullable(takenAt), true));
      } else {
        sink.skip();
      }
    }
  }

  private void remember(long pts, Instant takenAt) {
    times.put(pts, takenAt);
    if (times.size() > MOST_TIMES) {
      times.remove(times.keySet().iterator().next());
    }
  }

  /** Returns when the camera took the packet's picture, from RTCP sender reports. */
  private static Optional<Instant> time(AVPacket packet) {
    try (SizeTPointer size = new SizeTPointer(1)) {
      BytePointer data = av_packet_get_side_data(packet, AV_PKT_DATA_PRFT, size);
      if (data == null || data.isNull()) {
        return Optional.empty();
      }
      long micros = new AVProducerReferenceTime(data).wallclock();
      return Optional.of(Instant.EPOCH.plus(micros, ChronoUnit.MICROS));
    }
  }

  @Override
  public void close() {
    avcodec_free_context(decoder);
    encoder.close();
    av_frame_free(frame);
  }
}
