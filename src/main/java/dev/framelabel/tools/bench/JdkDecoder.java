package dev.framelabel.tools.bench;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.imageio.ImageIO;

/**
 * Decoder that uses the JDK alone, as a hand-written job does: ImageIO, then Graphics2D, cropped to
 * a square.
 */
public final class JdkDecoder {
  private final int side;

  /**
   * Creates a decoder; it keeps no state between pictures.
   *
   * @param side pixels of the square target
   */
  public JdkDecoder(int side) {
    this.side = side;
  }

  /**
   * Decodes a picture.
   *
   * @param file what remains of a buffer over an array
   * @param target takes {@code side * side * 3} bytes from its position: RGB
   */
  public void decode(ByteBuffer file, ByteBuffer target) throws IOException {
    BufferedImage picture =
        ImageIO.read(
            new ByteArrayInputStream(
                file.array(), file.arrayOffset() + file.position(), file.remaining()));
    int square = Math.min(picture.getWidth(), picture.getHeight());
    int left = (picture.getWidth() - square) / 2;
    int top = (picture.getHeight() - square) / 2;
    BufferedImage scaled = new BufferedImage(side, side, BufferedImage.TYPE_3BYTE_BGR);
    Graphics2D graphics = scaled.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(picture, 0, 0, side, side, left, top, left + square, top + square, null);
    graphics.dispose();
    byte[] bgr = ((DataBufferByte) scaled.getRaster().getDataBuffer()).getData();
    int start = target.position();
    for (int at = 0; at < bgr.length; at += 3) {
      target
          .put(start + at, bgr[at + 2])
          .put(start + at + 1, bgr[at + 1])
          .put(start + at + 2, bgr[at]);
    }
  }
}
