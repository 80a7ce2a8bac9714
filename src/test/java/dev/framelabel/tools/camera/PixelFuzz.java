package dev.framelabel.tools.camera;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avutil.*;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import dev.framelabel.event.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVFrameSideData;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.SizeTPointer;

/**
 * Looks at pictures of every pixel format, size and damage, and encodes them. Runs in a process of
 * its own: a byte read past the end of a plane ends the process, for a page without permission
 * stands there.
 *
 * <p>Arguments: number of pictures, seed. Its last line is {@code pictures=N formats=N looked=N
 * encoded=N peakResidentMiB=N}.
 */
final class PixelFuzz implements AutoCloseable {
  private static final int PAGE = 4_096;
  private static final int LARGEST_SIDE = 70;
  private static final int NO_PERMISSION = 0;
  private static final int READ_WRITE = 3;
  private static final int PRIVATE_ANONYMOUS = 0x22;
  private static final int[] CODECS = {AV_CODEC_ID_PNG, AV_CODEC_ID_MJPEG};
  private static final int GOOD = 16;

  private final Random random;
  private final AVFrame frame = av_frame_alloc();
  private final AVFrame guarded = av_frame_alloc();
  private final JpegEncoder encoder = new JpegEncoder();
  private final StillDecoder decoder = new StillDecoder(3);
  private final PictureShaper shaper = new PictureShaper(new PictureSettings(40, 40, 80), 1 << 20);
  private final Set<Integer> formats = new HashSet<>();
  private final long end = endOfMemory(1 << 20);
  private long looked;
  private long encoded;

  private PixelFuzz(long seed) {
    FFmpeg.load();
    // Its last words before it gives up, should it ever.
    av_log_set_level(AV_LOG_PANIC);
    random = new Random(seed);
  }

  public static void main(String[] arguments) throws IOException {
    int pictures = Integer.parseInt(arguments[0]);
    try (PixelFuzz fuzz = new PixelFuzz(Long.parseLong(arguments[1]))) {
      for (int picture = 0; picture < pictures; picture++) {
        if (picture % 2 == 0) {
          fuzz.anyPixels();
        } else {
          fuzz.anyFile();
        }
      }
      System.out.printf(
          "pictures=%d formats=%d looked=%d encoded=%d peakResidentMiB=%d%n",
          pictures, fuzz.formats.size(), fuzz.looked, fuzz.encoded, peakMebibytes());
    }
  }

  private static long peakMebibytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
        .findFirst()
        .orElseThrow();
  }

  /** Memory whose last byte lies before a page that nobody may read. */
  private static long endOfMemory(int bytes) {
    NativeLibrary system = NativeLibrary.getInstance("c");
    Function map = system.getFunction("mmap");
    Pointer start =
        map.invokePointer(
            new Object[] {
              Pointer.NULL, (long) bytes + PAGE, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0L
            });
    Pointer guard = start.share(bytes);
    int result =
        system.getFunction("mprotect").invokeInt(new Object[] {guard, (long) PAGE, NO_PERMISSION});
    if (result != 0) {
      throw new IllegalStateException("mprotect failed");
    }
    return Pointer.nativeValue(guard);
  }

  /** What a decoder could give: any format, any size, any bytes. */
  private void anyPixels() throws IOException {
    if (!fill(random.nextInt(AV_PIX_FMT_NB))) {
      return;
    }
    look();
    encode(frame);
    // An encoder that has refused a picture must take the next one.
    if (!fill(AV_PIX_FMT_YUV420P) || encoder.encode(frame, 1, 80).length < GOOD) {
      throw new AssertionError("a good picture was not encoded");
    }
  }

  private boolean fill(int format) {
    av_frame_unref(frame);
    frame.format(format).width(side()).height(side());
    if (av_pix_fmt_desc_get(format) == null
        || av_frame_get_buffer(frame, 1 << random.nextInt(7)) < 0) {
      return false;
    }
    formats.add(format);
    anyMarks();
    SizeTPointer sizes = planeSizes(frame);
    for (int plane = 0; plane < 4; plane++) {
      if (frame.data(plane) != null && sizes.get(plane) > 0) {
        byte[] noise = new byte[(int) sizes.get(plane)];
        random.nextBytes(noise);
        frame.data(plane).put(noise);
      }
    }
    sizes.close();
    return true;
  }

  /** What a stream could say of its colours and of how it is to be turned. */
  private void anyMarks() {
    frame.colorspace(random.nextInt(AVCOL_SPC_NB)).color_range(random.nextInt(AVCOL_RANGE_NB));
    frame.color_primaries(random.nextInt(AVCOL_PRI_NB)).color_trc(random.nextInt(AVCOL_TRC_NB));
    frame.flags(random.nextInt(1 << 5));
    if (random.nextBoolean()) {
      byte[] matrix = new byte[random.nextInt(10) == 0 ? 4 : 36];
      random.nextBytes(matrix);
      AVFrameSideData side =
          av_frame_new_side_data(frame, AV_FRAME_DATA_DISPLAYMATRIX, matrix.length);
      side.data().put(matrix);
    }
  }

  private static SizeTPointer planeSizes(AVFrame frame) {
    SizeTPointer sizes = new SizeTPointer(4).fill(0);
    SizeTPointer lines = new SizeTPointer(4);
    for (int plane = 0; plane < 4; plane++) {
      lines.put(plane, frame.linesize(plane));
    }
    int ignored = av_image_fill_plane_sizes(sizes, frame.format(), frame.height(), lines);
    lines.close();
    return sizes;
  }

  private int side() {
    return 1 + random.nextInt(random.nextInt(4) == 0 ? 8 : LARGEST_SIDE);
  }

  /** Each plane ends where the forbidden page begins. */
  private void look() {
    guarded.format(frame.format()).width(frame.width()).height(frame.height());
    try (SizeTPointer sizes = planeSizes(frame)) {
      for (int plane = 0; plane < 4; plane++) {
        guarded.linesize(plane, frame.linesize(plane));
        long size = sizes.get(plane);
        guarded.data(plane, frame.data(plane) == null ? null : new At(end - size));
      }
      if (StillDecoder.luma(guarded).length > 0) {
        looked++;
      }
    }
  }

  private void encode(AVFrame picture) {
    try {
      byte[] file = encoder.encode(picture, 1 / (1.0 + random.nextInt(9)), 1 + random.nextInt(100));
      encoded += file.length > 0 ? 1 : 0;
    } catch (IOException e) {
      // A format that cannot become a JPEG.
    }
  }

  /** What a camera could send: a file of any format that its codec knows, whole or damaged. */
  private void anyFile() {
    Optional<byte[]> whole = file(CODECS[random.nextInt(CODECS.length)]);
    if (whole.isEmpty()) {
      return;
    }
    byte[] file = whole.get();
    for (int damages = random.nextInt(3); damages > 0; damages--) {
      file[random.nextInt(file.length)] = (byte) random.nextInt();
    }
    try (PictureCheck check = new PictureCheck()) {
      looked += check.look(Bytes.wrap(file), 0) == PictureCheck.Look.FINE ? 1 : 0;
    }
    try {
      encoded += StillDecoder.luma(decoder.decode(file)).length > 0 ? 1 : 0;
      encoded += shaper.shape(CapturedPicture.of(file)).length > 0 ? 1 : 0;
    } catch (IOException e) {
      // Damaged.
    }
  }

  private Optional<byte[]> file(int codec) {
    int format = random.nextInt(AV_PIX_FMT_NB);
    if (!fill(format)) {
      return Optional.empty();
    }
    AVCodecContext writer = avcodec_alloc_context3(avcodec_find_encoder(codec));
    AVPacket packet = av_packet_alloc();
    try {
      writer.width(frame.width()).height(frame.height()).pix_fmt(format).thread_count(1);
      writer.time_base(av_make_q(1, 25)).strict_std_compliance(FF_COMPLIANCE_UNOFFICIAL);
      frame.quality(FF_QP2LAMBDA * 5);
      if (avcodec_open2(writer, writer.codec(), (AVDictionary) null) < 0
          || avcodec_send_frame(writer, frame) < 0
          || avcodec_send_frame(writer, null) < 0
          || avcodec_receive_packet(writer, packet) < 0) {
        return Optional.empty();
      }
      return Optional.of(FFmpeg.bytes(packet));
    } finally {
      av_packet_free(packet);
      avcodec_free_context(writer);
    }
  }

  @Override
  public void close() {
    shaper.close();
    decoder.close();
    encoder.close();
    av_frame_free(frame);
  }

  /** An address that belongs to nobody. */
  private static final class At extends BytePointer {
    At(long address) {
      this.address = address;
    }
  }
}
