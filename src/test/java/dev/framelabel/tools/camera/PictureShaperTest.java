package dev.framelabel.tools.camera;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.framelabel.image.TestImages;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

final class PictureShaperTest {
  private static final byte[] JPEG = TestImages.encode(TestFrames.noise(640, 480, 1), "jpeg");

  @Test
  void shape_nothingWanted_passesAsItIs() throws Exception {
    assertThat(shape(PictureSettings.AS_IT_COMES, 1 << 20, JPEG)).isSameAs(JPEG);
  }

  @Test
  void shape_smallEnough_passesAsItIs() throws Exception {
    assertThat(shape(PictureSettings.of("640x480", 0), 1 << 20, JPEG)).isSameAs(JPEG);
  }

  @Test
  void shape_size_keepsProportions() throws Exception {
    BufferedImage picture = decode(shape(PictureSettings.of("320x320", 0), 1 << 20, JPEG));
    assertThat(picture.getWidth()).isEqualTo(320);
    assertThat(picture.getHeight()).isEqualTo(240);
  }

  @Test
  void shape_quality_makesFilesSmaller() throws Exception {
    byte[] low = shape(PictureSettings.of("", 20), 1 << 20, JPEG);
    assertThat(low.length).isLessThan(shape(PictureSettings.of("", 90), 1 << 20, JPEG).length / 2);
    assertThat(decode(low).getWidth()).isEqualTo(640);
  }

  @Test
  void shape_tooLarge_isMadeToFit() throws Exception {
    for (int limit : new int[] {JPEG.length - 1, 60_000, 20_000}) {
      byte[] file = shape(PictureSettings.AS_IT_COMES, limit, JPEG);
      assertThat(file.length).isLessThanOrEqualTo(limit);
      assertThat(decode(file).getWidth()).isGreaterThan(50);
    }
  }

  @Test
  void shape_tooLargePng_becomesJpeg() throws Exception {
    byte[] png = TestImages.encode(TestFrames.noise(640, 480, 2), "png");
    byte[] file = shape(PictureSettings.AS_IT_COMES, 100_000, png);
    assertThat(file).startsWith(0xFF, 0xD8, 0xFF).hasSizeLessThanOrEqualTo(100_000);
  }

  @Test
  void shape_colours_stay() throws Exception {
    byte[] halves = TestImages.encode(TestImages.halves(64, 64, Color.RED, Color.BLUE), "jpeg");
    BufferedImage picture = decode(shape(PictureSettings.of("32x32", 90), 1 << 20, halves));
    assertThat(new Color(picture.getRGB(4, 16)).getRed()).isGreaterThan(220);
    assertThat(new Color(picture.getRGB(28, 16)).getBlue()).isGreaterThan(220);
  }

  @Test
  void shape_noPictureAndTooLarge_saysSo() {
    assertThatThrownBy(() -> shape(PictureSettings.AS_IT_COMES, 100, new byte[101]))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no JPEG, PNG or WebP");
    assertThatThrownBy(() -> shape(PictureSettings.AS_IT_COMES, 100, JPEG))
        .hasMessageContaining("the topic takes pictures of 100 bytes");
  }

  private static byte[] shape(PictureSettings settings, int limit, byte[] file) throws IOException {
    try (PictureShaper shaper = new PictureShaper(settings, limit)) {
      return shaper.shape(CapturedPicture.of(file));
    }
  }

  private static BufferedImage decode(byte[] file) throws IOException {
    return ImageIO.read(new ByteArrayInputStream(file));
  }
}
