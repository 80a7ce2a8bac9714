package dev.framelabel.tools.camera;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.framelabel.image.TestImages;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class VideoSourceTest {
  private static final int PICTURES = 10;

  @TempDir private Path folder;

  /** A video in a format of plain pixels: ten grey pictures of 160 x 120. */
  private Path video() throws IOException {
    ByteArrayOutputStream video = new ByteArrayOutputStream();
    video.writeBytes("YUV4MPEG2 W160 H120 F10:1 Ip A1:1 C420jpeg\n".getBytes(US_ASCII));
    byte[] pixels = new byte[160 * 120 * 3 / 2];
    for (int picture = 0; picture < PICTURES; picture++) {
      Arrays.fill(pixels, (byte) (100 + picture));
      video.writeBytes("FRAME\n".getBytes(US_ASCII));
      video.writeBytes(pixels);
    }
    return Files.write(folder.resolve("video.y4m"), video.toByteArray());
  }

  @Test
  void read_video_givesEachPictureAsJpegOfTheWantedSize() throws Exception {
    TestSink sink = new TestSink(100);
    VideoSource.of(video().toString(), PictureSettings.of("80x80", 90)).read(sink);
    assertThat(sink.pictures()).hasSize(PICTURES).allMatch(CapturedPicture::finished);
    for (byte[] file : sink.files()) {
      BufferedImage picture = ImageIO.read(new ByteArrayInputStream(file));
      assertThat(picture.getWidth()).isEqualTo(80);
      assertThat(picture.getHeight()).isEqualTo(60);
    }
  }

  /** lavfi is a device of FFmpeg's that needs no hardware: it is read as a USB camera is. */
  @Test
  void read_deviceThatGoesAway_gavePicturesAndIsLost() {
    assumeTrue(loads(), "the libraries that USB cameras need are not installed");
    TestSink sink = new TestSink(100);
    VideoSource device =
        new VideoSource(
            "testsrc=size=160x120:rate=10:duration=1",
            "lavfi",
            CameraAddress.Kind.USB,
            PictureSettings.AS_IT_COMES);
    assertThatThrownBy(() -> device.read(sink)).isInstanceOf(IOException.class);
    assertThat(sink.pictures()).hasSize(10).allMatch(CapturedPicture::finished);
  }

  private static boolean loads() {
    try {
      FFmpeg.loadDevices();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** A bare Debian has none of the libraries that FFmpeg's devices need. */
  @ParameterizedTest
  @CsvSource({
    "libpulse.so.0, libpulse0",
    "libasound.so.2, libasound2",
    "libxcb.so.1, libxcb1",
    "libxcb-shm.so.0, libxcb-shm0",
    "libother.so, install it"
  })
  void fault_libraryOfTheSystemMissing_namesItsPackageAndWhatWorks(String library, String cure) {
    LinkageError failure = new UnsatisfiedLinkError("no jniavdevice in java.library.path");
    Throwable ignored =
        failure.initCause(
            new UnsatisfiedLinkError(
                "/tmp/libavdevice.so.62: %s: cannot open shared object file: No such file or directory"
                    .formatted(library)));
    assertThat(FFmpeg.fault(failure, "USB cameras", "video files"))
        .startsWith("USB cameras need a native library that does not load: " + library + " is not")
        .contains(cure)
        .endsWith("Without it video files work");
  }

  @Test
  void fault_otherReason_isTold() {
    assertThat(FFmpeg.fault(new UnsatisfiedLinkError("no exec"), "cameras", "the rest"))
        .contains("UnsatisfiedLinkError: no exec");
  }

  @Test
  void read_videoOfJpegPictures_givesThemAsTheyAre() throws Exception {
    byte[] red = TestImages.jpeg(64, 48, Color.RED);
    byte[] blue = TestImages.jpeg(64, 48, Color.BLUE);
    Path video = folder.resolve("video.mjpeg");
    for (byte[] picture : List.of(red, blue, red)) {
      Files.write(video, picture, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
    TestSink sink = new TestSink(100);
    VideoSource.of(video.toString(), PictureSettings.AS_IT_COMES).read(sink);
    assertThat(sink.files()).containsExactly(red, blue, red);
  }

  @Test
  void of_usbAddress_isFormatAndDevice() {
    assertUsb("usb:v4l2:/dev/video0", "v4l2", "/dev/video0");
    assertUsb("usb:dshow:video=HD Cam: front", "dshow", "video=HD Cam: front");
    assertUsb("usb:avfoundation:0", "avfoundation", "0");
    for (String wrong : List.of("usb:", "usb:v4l2", "usb:v4l2:", "usb:lavfi:testsrc")) {
      assertThatThrownBy(() -> VideoSource.of(wrong, PictureSettings.AS_IT_COMES))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(wrong)
          .hasMessageContaining("expected usb:FORMAT:DEVICE");
    }
  }

  private static void assertUsb(String address, String format, String device) {
    VideoSource source = VideoSource.of(address, PictureSettings.AS_IT_COMES);
    assertThat(source.kind()).isEqualTo(CameraAddress.Kind.USB);
    assertThat(source.format()).isEqualTo(format);
    assertThat(source.name()).isEqualTo(device);
  }

  @Test
  void read_toldToStop_stops() throws Exception {
    TestSink sink = new TestSink(3);
    read(video().toString(), sink);
    assertThat(sink.pictures()).hasSize(3);
  }

  @Test
  void read_noVideo_isLostWithReason() throws Exception {
    Path text = Files.writeString(folder.resolve("text.avi"), "no video");
    assertThatThrownBy(() -> read(text.toString()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("text.avi");
  }

  /** A camera that is opened again and again for ever: each opening gives back what it took. */
  @Test
  void open_codecThatIsNotKnown_leavesNoMemoryBehind() {
    AVFormatContext input = avformat.avformat_alloc_context();
    try {
      AVStream stream = avformat.avformat_new_stream(input, null);
      stream.codecpar().codec_type(avutil.AVMEDIA_TYPE_VIDEO).codec_id(avcodec.AV_CODEC_ID_NONE);
      // Long enough for Java's own heap to have its size.
      openAndFail(stream, 100_000);
      long before = Pointer.physicalBytes();
      openAndFail(stream, 100_000);
      assertThat(Pointer.physicalBytes() - before).isLessThan(128L << 20);
    } finally {
      avformat.avformat_free_context(input);
    }
  }

  private static void openAndFail(AVStream stream, int times) {
    for (int i = 0; i < times; i++) {
      assertThatThrownBy(() -> new StreamDecoder(stream, PictureSettings.AS_IT_COMES))
          .hasMessageContaining("FFmpeg has no such codec");
    }
  }

  @Test
  void read_playlistThatLeadsElsewhere_isNotFollowed() throws Exception {
    try (CameraServer server = new CameraServer()) {
      server.on(
          "/secret",
          exchange -> {
            throw new AssertionError("was followed");
          });
      Path list =
          Files.writeString(
              folder.resolve("list.m3u8"),
              "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n" + server.address("/secret") + "\n");
      assertThatThrownBy(() -> read(list.toString())).isInstanceOf(IOException.class);
    }
  }

  @Test
  void read_usbCameraThatIsNotThere_isLostWithReason() {
    assertThatThrownBy(
            () ->
                VideoSource.of("usb:v4l2:/dev/video-none", PictureSettings.AS_IT_COMES)
                    .read(new TestSink(1)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(loads() ? "/dev/video-none" : "package");
  }

  @Test
  void read_rtspAtMetadataAddress_isRefused() {
    PictureSource source =
        VideoSource.of("rtsp://me:secret@169.254.169.254/", PictureSettings.AS_IT_COMES)
            .behind(AddressGuard.STRICT);
    assertThatThrownBy(() -> source.read(new TestSink(1)))
        .hasMessageContaining("link-local")
        .hasMessageNotContaining("secret");
  }

  private static void read(String file) throws Exception {
    read(file, new TestSink(100));
  }

  private static void read(String file, TestSink sink) throws Exception {
    VideoSource.of(file, PictureSettings.AS_IT_COMES).read(sink);
  }
}
