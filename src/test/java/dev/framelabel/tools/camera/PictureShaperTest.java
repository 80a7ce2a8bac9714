package dev.framelabel.tools.camera;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.framelabel.image.ImageDecoder;
import dev.framelabel.image.ImageLimits;
import dev.framelabel.image.JpegBackend;
import dev.framelabel.image.Resize;
import dev.framelabel.image.TestImages;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  /** Exif data is lost with the old file, so the pixels are turned. */
  @ParameterizedTest
  @CsvSource({
    "exif2.jpg",
    "exif3.jpg",
    "exif4.jpg",
    "exif5.jpg",
    "exif6.jpg",
    "exif7.jpg",
    "exif8.jpg",
    "rgb_exif6.png",
    "lossy_exif6.webp",
  })
  void shape_exifOrientation_standsUpright(String name) throws Exception {
    byte[] file = Files.readAllBytes(Path.of("src/test/resources/images/contract", name));
    byte[] shaped = shape(PictureSettings.of("", 95), 1 << 20, file);
    int[] expected = means(file);
    int[] found = means(shaped);
    for (int i = 0; i < expected.length; i++) {
      assertThat(found[i]).as("value %d", i).isCloseTo(expected[i], within(6));
    }
  }

  /** Red, green and blue of four quadrants, upright, as a job decodes them. */
  private static int[] means(byte[] file) throws Exception {
    ByteBuffer pixels = ByteBuffer.allocateDirect(2 * 2 * 3);
    new ImageDecoder(2, 2, Resize.STRETCH, ImageLimits.DEFAULT, JpegBackend.OPENCV)
        .decode(file, pixels);
    int[] means = new int[pixels.capacity()];
    for (int i = 0; i < means.length; i++) {
      means[i] = pixels.get(i) & 0xFF;
    }
    return means;
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
