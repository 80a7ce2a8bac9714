package dev.framelabel.image;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** Pictures for tests, made and encoded by the JDK. */
public final class TestImages {
  private TestImages() {}

  /** One colour all over. */
  public static BufferedImage plain(int width, int height, Color colour) {
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = picture.createGraphics();
    graphics.setColor(colour);
    graphics.fillRect(0, 0, width, height);
    graphics.dispose();
    return picture;
  }

  /** Left half one colour, right half another. */
  public static BufferedImage halves(int width, int height, Color left, Color right) {
    BufferedImage picture = plain(width, height, left);
    Graphics2D graphics = picture.createGraphics();
    graphics.setColor(right);
    graphics.fillRect(width / 2, 0, width - width / 2, height);
    graphics.dispose();
    return picture;
  }

  /** Black, of one channel. */
  static BufferedImage grey(int width, int height) {
    return new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
  }

  /** A JPEG of four inks. */
  static byte[] inks(int width, int height, boolean progressive) throws IOException {
    Raster inks = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, width, height, 4, null);
    return jpeg(new IIOImage(inks, null, null), progressive);
  }

  static byte[] jpeg(IIOImage image, boolean progressive) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ImageWriteParam settings = writer.getDefaultWriteParam();
    settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
    settings.setCompressionQuality(0.97f);
    if (progressive) {
      settings.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.write(null, image, settings);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  public static byte[] encode(BufferedImage picture, String format) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(picture, format, bytes)) {
        throw new IllegalArgumentException("the JDK does not write " + format);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  public static byte[] jpeg(int width, int height, Color colour) {
    return encode(plain(width, height, colour), "jpeg");
  }

  /** Means of red, green and blue, of each quadrant of a square RGB picture with even sides. */
  public static double[] quadrants(ByteBuffer pixels) {
    int side = (int) Math.sqrt(pixels.capacity() / 3.0);
    double[] means = new double[12];
    for (int i = 0; i < pixels.capacity(); i++) {
      int right = i / 3 % side * 2 / side;
      int low = i / 3 / side * 2 / side;
      means[3 * (2 * low + right) + i % 3] += (pixels.get(i) & 0xFF) / (side * side / 4.0);
    }
    return means;
  }
}
