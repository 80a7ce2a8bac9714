package dev.framelabel.jmh;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import javax.imageio.ImageIO;

/** JPEGs to decode. */
final class BenchmarkImages {
  private BenchmarkImages() {}

  /**
   * Blocks of colour with noise.
   *
   * @param size such as {@code 640x480}
   */
  static byte[] jpeg(String size) throws IOException {
    String[] sides = size.split("x", -1);
    int width = Integer.parseInt(sides[0]);
    int height = Integer.parseInt(sides[1]);
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Random random = new Random(7);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int block = (x / 40 * 37 + y / 40 * 91) % 200;
        picture.setRGB(x, y, (block + random.nextInt(16)) * 0x010101);
      }
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(picture, "jpeg", bytes);
    return bytes.toByteArray();
  }
}
