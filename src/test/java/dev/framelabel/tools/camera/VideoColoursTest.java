package dev.framelabel.tools.camera;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.framelabel.image.ImageDecoder;
import dev.framelabel.image.ImageLimits;
import dev.framelabel.image.JpegBackend;
import dev.framelabel.image.Resize;
import dev.framelabel.image.TestImages;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Pictures of a video have the colours and the orientation that the video names. Two clips are at
 * hand always; the others are made by the ffmpeg of the system, where there is one.
 */
final class VideoColoursTest {
  private static final Path CLIPS = Path.of("src/test/resources/camera");
  private static final Path SOURCE = CLIPS.resolve("video_source_picture.png");

  /** Mean difference of a quadrant, of 255. */
  private static final double TOLERANCE = 3;

  private static final int SIDE = 320;

  /** Filter of ffmpeg that makes the clip's pixels, without the rounding errors of its default. */
  private static final String SCALE = "scale=flags=accurate_rnd+full_chroma_int:";

  /** So large that half points of colour between quadrants count for little. */
  private static final String SD = "s=640x480:";

  private static final String UNNAMED =
      "setparams=range=unknown:colorspace=unknown:color_primaries=unknown:color_trc=unknown";

  @TempDir private Path folder;

  @Test
  void read_hdVideoOfBt709_hasTheColoursOfItsSource() throws Exception {
    byte[] picture = first(CLIPS.resolve("v709hd.mp4"), PictureSettings.AS_IT_COMES);
    assertSize(picture, 1280, 720);
    assertSame(picture, Files.readAllBytes(SOURCE));
  }

  @Test
  void read_videoOfAPhone_standsUpright() throws Exception {
    BufferedImage source = ImageIO.read(SOURCE.toFile());
    BufferedImage upright = new BufferedImage(240, 320, BufferedImage.TYPE_INT_RGB);
    for (int x = 0; x < 240; x++) {
      for (int y = 0; y < 320; y++) {
        upright.setRGB(x, y, source.getRGB(319 - y, x));
      }
    }
    Path clip = CLIPS.resolve("vrot90.mp4");
    byte[] picture = first(clip, PictureSettings.AS_IT_COMES);
    assertSize(picture, 240, 320);
    assertSame(picture, TestImages.encode(upright, "png"));
    byte[] small = first(clip, PictureSettings.of("120x200", 90));
    assertSize(small, 120, 160);
    assertSame(small, picture);
  }

  @ParameterizedTest
  @CsvSource({
    "libx264, yuv420p, smpte170m, tv",
    "libx264, yuv420p, smpte170m, pc",
    "libx264, yuv420p, bt709, tv",
    "libx264, yuv420p, bt709, pc",
    "libx264, yuv420p, bt2020nc, tv",
    "libx264, yuv420p, bt2020nc, pc",
    "libx264, yuvj420p, bt709, pc",
    "libx264, yuv444p, bt709, tv",
    "libx264, nv12, bt709, tv",
    "libx264, yuv420p10le, smpte170m, tv",
    "libx264, yuv420p10le, smpte170m, pc",
    "libx264, yuv420p10le, bt709, tv",
    "libx264, yuv420p10le, bt709, pc",
    "libx264, yuv420p10le, bt2020nc, tv",
    "libx264, yuv420p10le, bt2020nc, pc",
    "libx265, yuv420p, smpte170m, tv",
    "libx265, yuv420p, bt709, tv",
    "libx265, yuv420p, bt709, pc",
    "libx265, yuv420p, bt2020nc, tv",
    "libx265, yuv420p10le, smpte170m, tv",
    "libx265, yuv420p10le, bt709, tv",
    "libx265, yuv420p10le, bt709, pc",
    "libx265, yuv420p10le, bt2020nc, tv",
    "libx265, yuv420p10le, bt2020nc, pc",
    "libx265, yuv422p12le, bt709, tv",
    "mjpeg, yuvj420p, bt470bg, pc",
    "mjpeg, yuvj444p, bt470bg, pc",
    "mjpeg, yuv420p, smpte170m, tv",
    "ffv1, nv12, bt709, tv",
    "ffv1, bgr0, rgb, pc",
    "libx264rgb, rgb24, rgb, pc",
  })
  void read_videoThatNamesItsColours_hasThoseOfItsSource(
      String codec, String format, String matrix, String range) throws Exception {
    String toMatrix = matrix.equals("rgb") ? "" : ":out_color_matrix=" + asScale(matrix);
    Path clip =
        clip(
            codec,
            SCALE + SD + "out_range=" + range + toMatrix + ",format=" + format,
            "-colorspace",
            matrix,
            "-color_range",
            range);
    byte[] picture = first(clip, PictureSettings.AS_IT_COMES);
    assertSame(picture, Files.readAllBytes(SOURCE));
    assertSame(picture, ofFfmpeg(clip));
    assertSame(first(clip, PictureSettings.of("160x160", 0)), picture);
  }

  private static String asScale(String matrix) {
    return matrix.equals("bt2020nc") ? "bt2020" : matrix;
  }

  @ParameterizedTest
  @CsvSource({
    "libx264, yuv420p",
    "libx264, yuv420p10le",
    "libx265, yuv420p",
    "libx265, yuv420p10le",
    "libx265, gray",
    "mpeg4, yuv420p",
    "mpeg2video, yuv420p",
    "libvpx-vp9, yuv420p",
    "ffv1, nv12",
    "ffv1, gray",
    "ffv1, gray16le",
  })
  void read_sdVideoThatNamesNothing_isWhatFfmpegShows(String codec, String format)
      throws Exception {
    Path clip =
        clip(codec, SCALE + SD + "out_color_matrix=smpte170m,format=" + format + "," + UNNAMED);
    assertSame(first(clip, PictureSettings.AS_IT_COMES), ofFfmpeg(clip));
  }

  /** As players do, and unlike ffmpeg, which takes BT.601 for all sizes. */
  @ParameterizedTest
  @CsvSource({
    "libx264, 1280x720",
    "libx264, 720x1280",
    "libx264, 1280x544",
    "libx265, 1280x720",
  })
  void read_hdVideoThatNamesNothing_isBt709(String codec, String size) throws Exception {
    Path clip =
        clip(codec, SCALE + "s=" + size + ":out_color_matrix=bt709,format=yuv420p," + UNNAMED);
    assertSame(first(clip, PictureSettings.AS_IT_COMES), Files.readAllBytes(SOURCE));
  }

  @Test
  void read_interlacedVideo_isWhatFfmpegShows() throws Exception {
    Path clip = clip("mpeg2video", "setfield=tff,format=yuv420p", "-flags", "+ildct+ilme");
    assertSame(first(clip, PictureSettings.AS_IT_COMES), ofFfmpeg(clip));
  }

  @ParameterizedTest
  @CsvSource({"libx264, 90", "libx264, 180", "libx264, 270", "mjpeg, 90"})
  void read_turnedVideo_isWhatFfmpegShows(String codec, String degrees) throws Exception {
    Path lying = clip(codec, SCALE + SD + "out_color_matrix=smpte170m,format=yuvj420p");
    Path clip = folder.resolve("turned.mov");
    ffmpeg(
        "-i",
        lying.toString(),
        "-c",
        "copy",
        "-metadata:s:v",
        "rotate=" + degrees,
        clip.toString());
    assertSame(first(clip, PictureSettings.AS_IT_COMES), ofFfmpeg(clip));
  }

  @Test
  void read_plainMjpeg_passesUnchanged() throws Exception {
    Path clip = clip("mjpeg", "format=yuvj420p");
    TestSink sink = new TestSink(1);
    VideoSource.of(clip.toString(), PictureSettings.AS_IT_COMES).read(sink);
    assertThat(sink.pictures()).noneMatch(CapturedPicture::finished);
  }

  private Path clip(String codec, String filter, String... options) throws Exception {
    Path clip = folder.resolve("clip.mkv");
    List<String> all =
        new ArrayList<>(List.of("-loop", "1", "-i", SOURCE.toString(), "-frames:v", "2"));
    all.addAll(List.of("-vf", filter));
    all.addAll(List.of("-c:v", codec, "-q:v", "2", "-strict", "unofficial", "-threads", "1"));
    if (codec.startsWith("libx26")) {
      all.addAll(List.of("-preset", "ultrafast", "-crf", "10"));
    }
    all.addAll(List.of(options));
    all.add(clip.toString());
    ffmpeg(all.toArray(String[]::new));
    return clip;
  }

  /** Its first frame; without rounding errors, by which its default is off by 2 of 255 and more. */
  private byte[] ofFfmpeg(Path clip) throws Exception {
    Path picture = folder.resolve("ffmpeg.png");
    List<String> all = new ArrayList<>(List.of("-i", clip.toString(), "-frames:v", "1"));
    all.addAll(List.of("-sws_flags", "accurate_rnd+full_chroma_int", "-pix_fmt", "rgb24"));
    all.add(picture.toString());
    ffmpeg(all.toArray(String[]::new));
    return Files.readAllBytes(picture);
  }

  private void ffmpeg(String... arguments) throws IOException, InterruptedException {
    assumeTrue(
        Stream.of(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(path -> Files.isExecutable(Path.of(path, "ffmpeg"))),
        "NOT RUN: ffmpeg is not installed; it makes the video");
    List<String> command = new ArrayList<>(List.of("ffmpeg", "-nostdin", "-v", "error", "-y"));
    command.addAll(List.of(arguments));
    Path said = folder.resolve("ffmpeg.log");
    int status =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start()
            .waitFor();
    assertThat(status).as("%s: %s", command, Files.readString(said)).isZero();
  }

  private static byte[] first(Path clip, PictureSettings settings) throws Exception {
    TestSink sink = new TestSink(1);
    VideoSource.of(clip.toString(), settings).read(sink);
    return sink.files().get(0);
  }

  private static void assertSame(byte[] picture, byte[] expected) throws Exception {
    assertThat(quadrants(picture))
        .as("red, green and blue of four quadrants")
        .containsExactly(quadrants(expected), within(TOLERANCE));
  }

  /** Means of red, green and blue, of each quadrant, as a job decodes the picture. */
  private static double[] quadrants(byte[] picture) throws Exception {
    ByteBuffer pixels = ByteBuffer.allocateDirect(SIDE * SIDE * 3);
    new ImageDecoder(SIDE, SIDE, Resize.STRETCH, ImageLimits.DEFAULT, JpegBackend.OPENCV)
        .decode(picture, pixels);
    return TestImages.quadrants(pixels);
  }

  private static void assertSize(byte[] picture, int width, int height) throws IOException {
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(picture));
    assertThat(List.of(image.getWidth(), image.getHeight())).containsExactly(width, height);
  }
}
