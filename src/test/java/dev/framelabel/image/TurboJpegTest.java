package dev.framelabel.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.framelabel.image.BadImageException.Fault;
import dev.framelabel.testing.CapturedLog;
import dev.framelabel.tools.demo.DemoFrames;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Decoding by libjpeg-turbo gives what decoding by OpenCV gives. */
class TurboJpegTest {
  private static final int SIDE = 71;

  private static void assumeInstalled() {
    assumeTrue(
        TurboJpeg.missing().isEmpty(),
        () -> "libturbojpeg is not installed: not tested; " + TurboJpeg.missing());
  }

  @Test
  void warnIfNot_decoderOfAnotherMachine_saysWhichIsWhere() {
    try (CapturedLog log = CapturedLog.of(JpegBackend.class.getName())) {
      JpegBackend.AUTO.warnIfNot(JpegBackend.AUTO.onThisMachine());
      JpegBackend.OPENCV.warnIfNot(JpegBackend.OPENCV);
      assertThat(log.events()).isEmpty();
      JpegBackend.OPENCV.warnIfNot(JpegBackend.TURBOJPEG);
      assertThat(log.events())
          .singleElement()
          .asString()
          .contains("this worker has decoder=opencv", "started the job has decoder=turbojpeg");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "640,480,3",
    "1920,1080,3",
    "75,90,3",
    "71,71,3",
    "20,9,3",
    "1,1,3",
    "640,480,1",
    "33,200,1"
  })
  void decode_anySizeAndShape_isWhatOpenCvGives(int width, int height, int components)
      throws Exception {
    assumeInstalled();
    byte[] file = picture(width, height, components);
    for (Resize mode : Resize.values()) {
      assertThat(meanDifference(mode, file)).as("%s", mode).isLessThan(3);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void decode_everyExifOrientation_isWhatOpenCvGives(int orientation) throws Exception {
    assumeInstalled();
    byte[] file = Exif.withOrientation(picture(200, 120, 3), orientation);
    for (Resize mode : Resize.values()) {
      assertThat(meanDifference(mode, file)).as("%s", mode).isLessThan(3);
    }
  }

  @Test
  void decode_demoFrames_differByLittle() throws Exception {
    assumeInstalled();
    DemoFrames frames = new DemoFrames();
    for (int index = 0; index < 20; index++) {
      assertThat(meanDifference(Resize.CROP, frames.jpeg(index))).isLessThan(1);
    }
  }

  /** The codes of a picture's data are changed where no header tells. */
  @Test
  void decode_flippedBits_areFoundMoreOftenThanByOpenCv() throws Exception {
    assumeInstalled();
    byte[] whole = picture(320, 240, 3);
    Random random = new Random(5);
    int byTurboJpeg = 0;
    int byOpenCv = 0;
    for (int i = 0; i < 200; i++) {
      byte[] file = whole.clone();
      file[file.length / 2 + random.nextInt(file.length / 4)] ^= (byte) (1 << random.nextInt(8));
      byTurboJpeg += refused(JpegBackend.TURBOJPEG, file) ? 1 : 0;
      byOpenCv += refused(JpegBackend.OPENCV, file) ? 1 : 0;
    }
    assertThat(byTurboJpeg).isGreaterThan(byOpenCv);
  }

  @Test
  void decode_codeThatDoesNotExist_isCorruptAndSaysWhy() {
    assumeInstalled();
    byte[] file = picture(320, 240, 3);
    for (int at = file.length / 2; at < file.length / 2 + 40; at++) {
      file[at] = (byte) 0xFE;
    }
    assertThatThrownBy(() -> decode(JpegBackend.TURBOJPEG, Resize.CROP, file))
        .isInstanceOf(BadImageException.class)
        .hasMessageContaining("of 240")
        .extracting(failure -> ((BadImageException) failure).fault())
        .isEqualTo(Fault.CORRUPT_IMAGE);
  }

  @ParameterizedTest
  @CsvSource({"640,8,640", "480,5,300", "1,1,1", "9,1,2", "1080,3,405"})
  void scaled_eighths_areRoundedUp(int pixels, int eighths, int expected) {
    assertThat(TurboJpeg.scaled(pixels, eighths)).isEqualTo(expected);
  }

  @Test
  void resolve_choices_areKeptWhereTheyCanBe() {
    assertThat(JpegBackend.OPENCV.resolve()).isEqualTo(JpegBackend.OPENCV);
    if (TurboJpeg.missing().isEmpty()) {
      assertThat(JpegBackend.AUTO.resolve()).isEqualTo(JpegBackend.TURBOJPEG);
    } else {
      assertThat(JpegBackend.AUTO.resolve()).isEqualTo(JpegBackend.OPENCV);
      assertThatThrownBy(JpegBackend.TURBOJPEG::resolve)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("libturbojpeg0");
    }
  }

  private static boolean refused(JpegBackend backend, byte[] file) {
    try {
      ByteBuffer ignored = decode(backend, Resize.CROP, file);
      return false;
    } catch (BadImageException e) {
      return true;
    }
  }

  private static double meanDifference(Resize mode, byte[] file) throws BadImageException {
    ByteBuffer own = decode(JpegBackend.TURBOJPEG, mode, file);
    ByteBuffer other = decode(JpegBackend.OPENCV, mode, file);
    long sum = 0;
    for (int at = 0; at < own.capacity(); at++) {
      sum += Math.abs((own.get(at) & 0xFF) - (other.get(at) & 0xFF));
    }
    return (double) sum / own.capacity();
  }

  private static ByteBuffer decode(JpegBackend backend, Resize mode, byte[] file)
      throws BadImageException {
    ByteBuffer pixels = ByteBuffer.allocateDirect(SIDE * SIDE * 3);
    new ImageDecoder(SIDE, SIDE, mode, ImageLimits.DEFAULT, backend).decode(file, pixels);
    return pixels;
  }

  /** Four fields of different colours, so that nothing can be mirrored unseen. */
  private static byte[] picture(int width, int height, int components) {
    BufferedImage picture =
        new BufferedImage(
            width,
            height,
            components == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = picture.createGraphics();
    Color[] colours = {Color.RED, Color.GREEN, Color.BLUE, Color.WHITE};
    for (int field = 0; field < 4; field++) {
      graphics.setColor(colours[field]);
      graphics.fillRect(field % 2 * width / 2, field / 2 * height / 2, width, height);
    }
    graphics.dispose();
    return TestImages.encode(picture, "jpeg");
  }
}
