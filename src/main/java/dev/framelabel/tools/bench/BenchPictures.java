package dev.framelabel.tools.bench;

import dev.framelabel.tools.demo.DemoFrames;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Random;
import javax.imageio.ImageIO;

/** Camera-like pictures of any size: demo pictures side by side, with the noise of a sensor. */
public final class BenchPictures {
  /** ImageIO's own. */
  private static final float USUAL_QUALITY = 0.75f;

  private final DemoFrames frames = new DemoFrames();

  /** Returns a JPEG of the given size; different for each seed. */
  byte[] jpeg(int width, int height, int seed) {
    return jpeg(width, height, seed, USUAL_QUALITY);
  }

  /**
   * Returns a JPEG of the given size; different for each seed.
   *
   * @param quality from 0 to 1
   */
  public byte[] jpeg(int width, int height, int seed, float quality) {
    return DemoFrames.jpeg(picture(width, height, seed), quality);
  }

  private BufferedImage picture(int width, int height, int seed) {
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = picture.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    for (int tile = 0; tile < 4; tile++) {
      BufferedImage frame = read(frames.jpeg(4L * seed + tile));
      graphics.drawImage(
          frame, tile % 2 * width / 2, tile / 2 * height / 2, width / 2, height / 2, null);
    }
    graphics.dispose();
    Random random = new Random(seed);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        picture.setRGB(x, y, noisy(picture.getRGB(x, y), random));
      }
    }
    return picture;
  }

  private static BufferedImage read(byte[] jpeg) {
    try {
      return ImageIO.read(new ByteArrayInputStream(jpeg));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int noisy(int rgb, Random random) {
    int noise = random.nextInt(9) - 4;
    int result = 0;
    for (int shift = 0; shift <= 16; shift += 8) {
      int value = (rgb >> shift & 0xFF) + noise;
      result |= Math.max(0, Math.min(255, value)) << shift;
    }
    return result;
  }
}
