package dev.framelabel.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Against what {@code model/resize_reference.py} wrote with Pillow, whose newer versions scale the
 * rows of tall pictures first and so round some values otherwise.
 */
class ResamplerTest {
  private static final Path EXPECTED = Path.of("src/test/resources/images/resize-expected.json");

  @Test
  void scale_anySizeAndCrop_isPillows() throws Exception {
    JsonNode cases = new ObjectMapper().readTree(EXPECTED.toFile());
    assertThat(cases).hasSizeGreaterThan(40);
    for (JsonNode one : cases) {
      int side = one.path("side").asInt();
      int width = one.path("width").asInt();
      int height = one.path("height").asInt();
      ByteBuffer out = ByteBuffer.allocateDirect(side * side * 3);
      decoder(one, side).scale(ByteBuffer.wrap(picture(width, height)), width, height, out);
      byte[] expected = Base64.getDecoder().decode(one.path("pixels").asText());
      int tolerance = height > width ? 1 : 0;
      for (int at = 0; at < expected.length; at++) {
        assertThat(out.get(at) & 0xFF)
            .as("%s at %d", one, at)
            .isCloseTo(expected[at] & 0xFF, within(tolerance));
      }
    }
  }

  /** The fast way sees the same part of the picture. */
  @Test
  void scale_fast_isNearToPillows() throws Exception {
    for (JsonNode one : new ObjectMapper().readTree(EXPECTED.toFile())) {
      int side = one.path("side").asInt();
      int width = one.path("width").asInt();
      int height = one.path("height").asInt();
      if (Math.min(width, height) < 2 * side) {
        continue;
      }
      ByteBuffer out = ByteBuffer.allocateDirect(side * side * 3);
      Fit fit = Fit.of(one.path("resize").asText(), one.path("cropPct").asDouble(), "fast");
      byte[] smooth = smooth(width, height);
      new ImageDecoder(side, side, fit, ImageLimits.DEFAULT, JpegBackend.OPENCV)
          .scale(ByteBuffer.wrap(smooth), width, height, out);
      ByteBuffer exact = ByteBuffer.allocateDirect(side * side * 3);
      decoder(one, side).scale(ByteBuffer.wrap(smooth), width, height, exact);
      for (int at = 0; at < out.capacity(); at++) {
        assertThat(out.get(at) & 0xFF)
            .as("%s at %d", one, at)
            .isBetween((exact.get(at) & 0xFF) - 14, (exact.get(at) & 0xFF) + 14);
      }
    }
  }

  @Test
  void decode_png_isScaledThatWayToo() throws Exception {
    int width = 64;
    int height = 48;
    byte[] pixels = picture(width, height);
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int at = 0; at < width * height; at++) {
      int rgb =
          ((pixels[3 * at] & 0xFF) << 16)
              | ((pixels[3 * at + 1] & 0xFF) << 8)
              | (pixels[3 * at + 2] & 0xFF);
      image.setRGB(at % width, at / width, rgb);
    }
    ImageDecoder decoder =
        new ImageDecoder(
            12, 12, Fit.of("crop", 0.875, "bicubic"), ImageLimits.DEFAULT, JpegBackend.OPENCV);
    ByteBuffer raw = ByteBuffer.allocateDirect(12 * 12 * 3);
    ByteBuffer png = ByteBuffer.allocateDirect(12 * 12 * 3);
    decoder.scale(ByteBuffer.wrap(pixels), width, height, raw);
    decoder.decode(TestImages.encode(image, "png"), png);
    assertThat(png).isEqualTo(raw);
  }

  /**
   * Odd differences of sides, so that the centre is half a pixel off to one end. A picture that
   * stands on its side is scaled along the other side first, which rounds otherwise; one pixel off
   * would be far more, as it is noise.
   */
  @ParameterizedTest
  @CsvSource({"fast", "bilinear", "bicubic"})
  void decode_turnedPicture_isThePictureTurnedFirst(String interpolation) throws Exception {
    int width = 61;
    int height = 48;
    BufferedImage noise = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Random random = new Random(7);
    noise.setRGB(
        0,
        0,
        width,
        height,
        random.ints((long) width * height).map(rgb -> (rgb & 0x3F3F3F) + 0x606060).toArray(),
        0,
        width);
    byte[] jpeg = TestImages.encode(noise, "jpeg");
    Fit whole = new Fit(Resize.STRETCH, 1, Interpolation.FAST);
    ByteBuffer stored = ByteBuffer.allocateDirect(width * height * 3);
    new ImageDecoder(width, height, whole, ImageLimits.DEFAULT, JpegBackend.OPENCV)
        .decode(jpeg, stored);
    ImageDecoder decoder =
        new ImageDecoder(
            40, 40, Fit.of("crop", 0.875, interpolation), ImageLimits.DEFAULT, JpegBackend.OPENCV);
    for (int orientation = 1; orientation <= 8; orientation++) {
      boolean turned = orientation >= 5;
      int columns = turned ? height : width;
      int rows = turned ? width : height;
      byte[] upright = new byte[width * height * 3];
      for (int at = 0; at < width * height; at++) {
        int from =
            ReferenceDecodingTest.storedAt(orientation, at % columns, at / columns, width, height);
        for (int channel = 0; channel < 3; channel++) {
          upright[3 * at + channel] = stored.get(3 * from + channel);
        }
      }
      ByteBuffer expected = ByteBuffer.allocateDirect(decoder.outputBytes());
      decoder.scale(ByteBuffer.wrap(upright), columns, rows, expected);
      ByteBuffer found = ByteBuffer.allocateDirect(decoder.outputBytes());
      decoder.decode(Exif.withOrientation(jpeg, orientation), found);
      for (int at = 0; at < found.capacity(); at++) {
        assertThat(found.get(at) & 0xFF)
            .as("orientation %d at %d", orientation, at)
            .isCloseTo(expected.get(at) & 0xFF, within(4));
      }
    }
  }

  /** Few bytes, which a filter would turn into many. */
  @ParameterizedTest
  @CsvSource({"stretch, 1", "crop, 0.875"})
  void scale_tallLine_isBoundedByMemory(String resize, double cropPct) throws Exception {
    for (String interpolation : List.of("bilinear", "bicubic")) {
      ImageDecoder decoder =
          new ImageDecoder(
              224,
              224,
              Fit.of(resize, cropPct, interpolation),
              ImageLimits.DEFAULT,
              JpegBackend.OPENCV);
      ByteBuffer out = ByteBuffer.allocateDirect(decoder.outputBytes());
      for (int rows : new int[] {500_000, 3_195_661, 8_388_608}) {
        ByteBuffer line = ByteBuffer.allocate(3 * rows);
        assertThatThrownBy(() -> decoder.scale(line, 1, rows, out))
            .isInstanceOf(BadImageException.class)
            .hasMessageContaining("of memory to decode");
      }
      byte[] png =
          TestImages.encode(new BufferedImage(1, 500_000, BufferedImage.TYPE_INT_RGB), "png");
      assertThatThrownBy(() -> decoder.decode(png, out))
          .isInstanceOf(BadImageException.class)
          .hasMessageContaining("of memory to decode");
    }
  }

  @Test
  void scale_tallLineTheFastWay_cropsItsCentre() throws Exception {
    int rows = 8_388_608;
    byte[] line = new byte[3 * rows];
    Arrays.fill(line, 3 * rows / 2 - 30, 3 * rows / 2 + 30, (byte) 200);
    ImageDecoder decoder =
        new ImageDecoder(
            224, 224, Fit.of("crop", 0.875, "fast"), ImageLimits.DEFAULT, JpegBackend.OPENCV);
    ByteBuffer out = ByteBuffer.allocateDirect(decoder.outputBytes());
    decoder.scale(ByteBuffer.wrap(line), 1, rows, out);
    assertThat(out.get(out.capacity() / 2) & 0xFF).isEqualTo(200);
  }

  @Test
  void scale_letterbox_keepsTheWholePictureOnBlack() throws Exception {
    ByteBuffer out = ByteBuffer.allocateDirect(12 * 12 * 3);
    byte[] white = new byte[40 * 20 * 3];
    Arrays.fill(white, (byte) 255);
    new ImageDecoder(
            12, 12, Fit.of("letterbox", 1, "bilinear"), ImageLimits.DEFAULT, JpegBackend.OPENCV)
        .scale(ByteBuffer.wrap(white), 40, 20, out);
    for (int y = 0; y < 12; y++) {
      assertThat(out.get(y * 36) & 0xFF).isEqualTo(y >= 3 && y < 9 ? 255 : 0);
    }
  }

  @Test
  void fit_whatCannotBe_isRefused() {
    for (double part : new double[] {0, -1, 1.1, Double.NaN}) {
      assertThatThrownBy(() -> Fit.of("crop", part, "fast"))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> Fit.of("letterbox", 0.9, "fast"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static ImageDecoder decoder(JsonNode one, int side) {
    Fit fit =
        Fit.of(
            one.path("resize").asText(),
            one.path("cropPct").asDouble(),
            one.path("interpolation").asText());
    return new ImageDecoder(side, side, fit, ImageLimits.DEFAULT, JpegBackend.OPENCV);
  }

  /** As in the script. */
  private static byte[] picture(int width, int height) {
    byte[] pixels = new byte[width * height * 3];
    for (int at = 0; at < pixels.length; at++) {
      int x = at / 3 % width;
      int y = at / 3 / width;
      int channel = at % 3;
      pixels[at] = (byte) (x * 7 + y * 11 + 40 * channel + x * y / 5 + 90 * ((x / 5 + y / 3) % 2));
    }
    return pixels;
  }

  /** A ramp along both sides. */
  private static byte[] smooth(int width, int height) {
    byte[] pixels = new byte[width * height * 3];
    for (int at = 0; at < pixels.length; at++) {
      int x = at / 3 % width;
      int y = at / 3 / width;
      pixels[at] = (byte) (120 * x / width + 120 * y / height);
    }
    return pixels;
  }
}
