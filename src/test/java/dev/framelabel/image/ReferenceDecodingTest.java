package dev.framelabel.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every pixel of every kind of image, at its own size, against the JDK's decoder or a formula. */
class ReferenceDecodingTest {
  private static final int WIDTH = 48;
  private static final int HEIGHT = 32;

  /** A JPEG's transform and colours may be rounded differently. */
  private static final int JPEG_TOLERANCE = 2;

  @Test
  void decode_greyJpegAndPng_likeReference() throws Exception {
    BufferedImage grey = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_BYTE_GRAY);
    fill(grey.getRaster(), 8);
    int[] values = new int[WIDTH * HEIGHT];
    for (int i = 0; i < values.length; i++) {
      values[i] = 0x010101 * grey.getRaster().getSample(i % WIDTH, i / WIDTH, 0);
    }
    assertPixels(TestImages.encode(grey, "png"), values, 0);
    assertPixels(TestImages.encode(grey, "jpeg"), values, 4);
  }

  @ParameterizedTest
  @CsvSource({"1,false", "2,true", "3,false", "4,true"})
  void decode_png16Bits_likeItsHighBytes(int bands, boolean alpha) throws Exception {
    ColorSpace space = ColorSpace.getInstance(bands < 3 ? ColorSpace.CS_GRAY : ColorSpace.CS_sRGB);
    ColorModel model =
        new ComponentColorModel(
            space,
            alpha,
            false,
            alpha ? ColorModel.TRANSLUCENT : ColorModel.OPAQUE,
            DataBuffer.TYPE_USHORT);
    WritableRaster raster = model.createCompatibleWritableRaster(WIDTH, HEIGHT);
    fill(raster, 16);
    BufferedImage picture = new BufferedImage(model, raster, false, null);
    int[] expected = new int[WIDTH * HEIGHT];
    for (int i = 0; i < expected.length; i++) {
      int[] sample = raster.getPixel(i % WIDTH, i / WIDTH, (int[]) null);
      double shown = alpha ? sample[bands - 1] / 65_535.0 : 1;
      for (int channel = 0; channel < 3; channel++) {
        int value = sample[bands < 3 ? 0 : channel];
        expected[i] = expected[i] << 8 | (int) Math.round(value / 257.0 * shown);
      }
    }
    assertPixels(TestImages.encode(picture, "png"), expected, 1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void decode_palettePng_likeReferenceOverBlack(boolean alpha) throws Exception {
    byte[] red = new byte[16];
    byte[] green = new byte[16];
    byte[] blue = new byte[16];
    byte[] opacity = new byte[16];
    for (int i = 0; i < 16; i++) {
      red[i] = (byte) (16 * i);
      green[i] = (byte) (255 - 16 * i);
      blue[i] = (byte) (100 + i);
      opacity[i] = (byte) (alpha ? 17 * i : 255);
    }
    IndexColorModel palette =
        alpha
            ? new IndexColorModel(8, 16, red, green, blue, opacity)
            : new IndexColorModel(8, 16, red, green, blue);
    BufferedImage picture =
        new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_BYTE_INDEXED, palette);
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
      picture.getRaster().setSample(i % WIDTH, i / WIDTH, 0, (i / 7) % 16);
    }
    assertPixels(TestImages.encode(picture, "png"), overBlack(picture), 1);
  }

  @Test
  void decode_alphaPng_likeReferenceOverBlack() throws Exception {
    BufferedImage picture = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_ARGB);
    BufferedImage colours = gradient(WIDTH, HEIGHT);
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
      int opacity = i * 255 / (WIDTH * HEIGHT);
      picture.setRGB(
          i % WIDTH, i / WIDTH, opacity << 24 | (colours.getRGB(i % WIDTH, i / WIDTH) & 0xFFFFFF));
    }
    assertPixels(TestImages.encode(picture, "png"), overBlack(picture), 1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void decode_jpeg_likeReference(boolean progressive) throws Exception {
    byte[] file = jpeg(gradient(WIDTH, HEIGHT), progressive);
    assertPixels(file, reference(file), JPEG_TOLERANCE);
  }

  @Test
  void decode_jpegWithRestartMarkers_likeReference() throws Exception {
    byte[] file = Files.readAllBytes(Path.of("src/test/resources/images/restart.jpg"));
    assertPixels(file, reference(file), JPEG_TOLERANCE);
  }

  /** Adobe's files hold their inks inverted: 255 is no ink, so colours and black multiply. */
  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void decode_fourInks_likeFormula(int transform) throws Exception {
    WritableRaster inks =
        Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, WIDTH, HEIGHT, 4, null);
    int[] expected = new int[WIDTH * HEIGHT];
    for (int i = 0; i < expected.length; i++) {
      int x = i % WIDTH;
      int y = i / WIDTH;
      int[] sample = {90 + 2 * x, 100 + 2 * y, 120 + x, 255 - y};
      inks.setPixel(x, y, sample);
      double[] colours = transform == 0 ? asDoubles(sample) : inverseOfYcc(sample);
      for (int channel = 0; channel < 3; channel++) {
        expected[i] = expected[i] << 8 | (int) Math.round(colours[channel] * sample[3] / 255);
      }
    }
    assertPixels(withAdobe(fourBands(inks), transform), expected, 6);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void decode_exifOrientation_likeReferenceTurned(int orientation) throws Exception {
    byte[] plain = jpeg(gradient(WIDTH, HEIGHT), false);
    int[] stored = reference(plain);
    boolean turned = orientation >= 5;
    int width = turned ? HEIGHT : WIDTH;
    int height = turned ? WIDTH : HEIGHT;
    int[] expected = new int[stored.length];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = stored[storedAt(orientation, i % width, i / width)];
    }
    assertPixels(Exif.withOrientation(plain, orientation), width, height, expected, JPEG_TOLERANCE);
  }

  /** Where the pixel that is shown at (x, y) stands in the file (Exif 2.3, 4.6.4 A). */
  private static int storedAt(int orientation, int x, int y) {
    return storedAt(orientation, x, y, WIDTH, HEIGHT);
  }

  static int storedAt(int orientation, int x, int y, int width, int height) {
    int right = width - 1;
    int bottom = height - 1;
    return switch (orientation) {
      case 1 -> y * width + x;
      case 2 -> y * width + right - x;
      case 3 -> (bottom - y) * width + right - x;
      case 4 -> (bottom - y) * width + x;
      case 5 -> x * width + y;
      case 6 -> (bottom - x) * width + y;
      case 7 -> (bottom - x) * width + right - y;
      default -> x * width + right - y;
    };
  }

  @ParameterizedTest
  @CsvSource({"1,1", "1,4000", "4000,1"})
  void decode_extremeShapes_likeReference(int width, int height) throws Exception {
    for (String format : new String[] {"png", "jpeg"}) {
      byte[] file = TestImages.encode(gradient(width, height), format);
      assertPixels(file, width, height, reference(file), JPEG_TOLERANCE);
    }
  }

  private static void assertPixels(byte[] file, int[] expected, int tolerance) throws Exception {
    assertPixels(file, WIDTH, HEIGHT, expected, tolerance);
  }

  private static void assertPixels(
      byte[] file, int width, int height, int[] expected, int tolerance) throws Exception {
    ByteBuffer pixels = ByteBuffer.allocateDirect(width * height * 3);
    new ImageDecoder(width, height, Resize.STRETCH, ImageLimits.DEFAULT).decode(file, pixels);
    int worst = 0;
    int where = 0;
    for (int i = 0; i < pixels.capacity(); i++) {
      int wanted = expected[i / 3] >> (16 - 8 * (i % 3)) & 0xFF;
      int off = Math.abs((pixels.get(i) & 0xFF) - wanted);
      if (off > worst) {
        worst = off;
        where = i;
      }
    }
    assertThat(worst)
        .as("channel %d of pixel (%d, %d)", where % 3, where / 3 % width, where / 3 / width)
        .isLessThanOrEqualTo(tolerance);
  }

  private static BufferedImage gradient(int width, int height) {
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int red = 40 + 170 * x / width;
        int green = 50 + 150 * y / height;
        int blue = 128 + (int) (80 * Math.sin((x + y) / 14.0));
        picture.setRGB(x, y, red << 16 | green << 8 | blue);
      }
    }
    return picture;
  }

  /** Slow changes, so that a JPEG holds them well. */
  private static void fill(WritableRaster raster, int bits) {
    int unit = bits == 8 ? 1 : 257;
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        for (int band = 0; band < raster.getNumBands(); band++) {
          raster.setSample(x, y, band, unit * (30 + 2 * x + 3 * y + 5 * band));
        }
      }
    }
  }

  private static int[] reference(byte[] file) throws IOException {
    BufferedImage picture = ImageIO.read(new ByteArrayInputStream(file));
    return picture.getRGB(
        0, 0, picture.getWidth(), picture.getHeight(), null, 0, picture.getWidth());
  }

  private static int[] overBlack(BufferedImage picture) {
    int[] pixels = picture.getRGB(0, 0, WIDTH, HEIGHT, null, 0, WIDTH);
    return Arrays.stream(pixels)
        .map(
            pixel -> {
              double opacity = (pixel >>> 24) / 255.0;
              int shown = 0;
              for (int shift = 16; shift >= 0; shift -= 8) {
                shown = shown << 8 | (int) Math.round((pixel >> shift & 0xFF) * opacity);
              }
              return shown;
            })
        .toArray();
  }

  private static byte[] jpeg(BufferedImage picture, boolean progressive) throws IOException {
    return TestImages.jpeg(new IIOImage(picture, null, null), progressive);
  }

  private static byte[] fourBands(Raster raster) throws IOException {
    return TestImages.jpeg(new IIOImage(raster, null, null), false);
  }

  /**
   * Puts Adobe's segment behind the start: 0 says that the inks are stored as they are, 2: YCCK.
   */
  private static byte[] withAdobe(byte[] jpeg, int transform) {
    byte[] adobe = {
      (byte) 0xFF, (byte) 0xEE, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, (byte) transform
    };
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(jpeg, 0, 2);
    bytes.writeBytes(adobe);
    bytes.write(jpeg, 2, jpeg.length - 2);
    return bytes.toByteArray();
  }

  private static double[] asDoubles(int[] sample) {
    return new double[] {sample[0], sample[1], sample[2]};
  }

  /** ITU T.871, then inverted: that is how Adobe's YCCK stores three inks. */
  private static double[] inverseOfYcc(int[] sample) {
    double luma = sample[0];
    double blue = sample[1] - 128.0;
    double red = sample[2] - 128.0;
    return new double[] {
      255 - clamp(luma + 1.402 * red),
      255 - clamp(luma - 0.344136 * blue - 0.714136 * red),
      255 - clamp(luma + 1.772 * blue)
    };
  }

  private static double clamp(double value) {
    return Math.max(0, Math.min(255, value));
  }
}
