package dev.framelabel.tools.camera;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.framelabel.image.BlankPng;
import dev.framelabel.testing.cluster.TestProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** No picture whatsoever ends the process. {@code .ci/long camera-pixels} looks at a million. */
final class PixelFuzzTest {
  private static final String PICTURES = System.getProperty("camera.pixels", "10000");
  private static final String SEED = System.getProperty("camera.pixels.seed", "23");

  @TempDir private Path folder;

  @Test
  @Timeout(value = 3, unit = TimeUnit.HOURS)
  @EnabledOnOs(OS.LINUX)
  void look_anyPictureOfAnyPixelFormat_neverEndsTheProcess() throws Exception {
    String said =
        String.join(
            "\n",
            TestProcess.run(
                PixelFuzz.class,
                List.of(
                    "-Xmx256m",
                    "-XX:-CreateCoredumpOnCrash",
                    "-XX:ErrorFile=" + folder.resolve("crash.log")),
                List.of(PICTURES, SEED),
                120));
    System.out.println("camera-pixels seed=" + SEED + " " + said);
    assertThat(said).contains("pictures=" + PICTURES);
    assertThat(number(said, "formats")).isGreaterThan(150);
    assertThat(number(said, "looked")).isGreaterThan(Long.parseLong(PICTURES) / 20);
    assertThat(number(said, "encoded")).isGreaterThan(Long.parseLong(PICTURES) / 20);
    // A heap of 256 MiB, the JVM and FFmpeg: pictures of at most 70 x 70 points add nothing.
    assertThat(number(said, "peakResidentMiB")).isLessThan(512);
  }

  private static long number(String text, String name) {
    return Long.parseLong(text.replaceAll("(?s).*\\b" + name + "=(\\d+).*", "$1"));
  }

  /** One bit for each point, and lines that are shorter than their number of points. */
  @ParameterizedTest
  @ValueSource(strings = {"grey1_60000x1000.png", "grey1_8000x8000.png"})
  void decode_pictureOfBits_isNotLookedAt(String name) throws Exception {
    try (StillDecoder decoder = new StillDecoder(3);
        var in = Objects.requireNonNull(getClass().getResourceAsStream("/camera/" + name))) {
      assertThat(StillDecoder.luma(decoder.decode(in.readAllBytes()))).isEmpty();
    }
  }

  /** 0.5 GB of pixels in half a megabyte. */
  @Test
  void decode_fewBytesMuchMemory_isRefused() throws Exception {
    try (StillDecoder decoder = new StillDecoder(3)) {
      byte[] large = BlankPng.of(8_000, 8_000, 16, 6, false);
      assertThatThrownBy(() -> decoder.decode(large)).isInstanceOf(IOException.class);
      assertThat(decoder.decode(BlankPng.of(6_000, 4_000, 8, 6, false)).width()).isEqualTo(6_000);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "gray, 1",
    "rgb24, 2",
    "bgr24, 2",
    "rgba, 2",
    "argb, 3",
    "uyvy422, 2",
    "yuyv422, 1",
    "nv12, 1",
    "gbrp, 1",
    "pal8, 0",
    "monob, 0",
    "gray16le, 0",
    "p010le, 0"
  })
  void luma_formatOfBytes_isItsBrightness(String format, int expected) {
    AVFrame frame = avutil.av_frame_alloc();
    try {
      frame.format(avutil.av_get_pix_fmt(format)).width(2).height(2);
      assertThat(avutil.av_frame_get_buffer(frame, 1)).isZero();
      frame.data(0).put(new byte[] {1, 2, 3, 4});
      byte[] luma = StillDecoder.luma(frame);
      assertThat(luma.length == 0 ? 0 : luma[0]).isEqualTo((byte) expected);
    } finally {
      avutil.av_frame_free(frame);
    }
  }

  @Test
  void luma_largePicture_isThinnedOut() {
    AVFrame frame = avutil.av_frame_alloc();
    try {
      frame.format(avutil.AV_PIX_FMT_GRAY8).width(9_000).height(1_000);
      assertThat(avutil.av_frame_get_buffer(frame, 1)).isZero();
      assertThat(StillDecoder.luma(frame)).hasSize(3_000 * 334);
    } finally {
      avutil.av_frame_free(frame);
    }
  }
}
