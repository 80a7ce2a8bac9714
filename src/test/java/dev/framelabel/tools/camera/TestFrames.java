package dev.framelabel.tools.camera;

import dev.framelabel.event.Frame;
import dev.framelabel.event.Image;
import dev.framelabel.event.SourcePosition;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.time.Instant;
import java.util.Map;
import java.util.Random;

/** Pictures and frames for tests. */
final class TestFrames {
  private TestFrames() {}

  /** A picture that hardly compresses. */
  static BufferedImage noise(int width, int height, int seed) {
    Random random = new Random(seed);
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        picture.setRGB(x, y, new Color(random.nextInt(1 << 24)).getRGB());
      }
    }
    return picture;
  }

  /** The shortest file that passes for a JPEG. */
  static byte[] fakePicture(int content) {
    return new byte[] {
      (byte) 0xFF, (byte) 0xD8, (byte) 0xFF, (byte) content, (byte) 0xFF, (byte) 0xD9
    };
  }

  static Frame frame(String id, int bytes) {
    return new Frame(
        "door",
        id,
        Instant.EPOCH,
        Image.encoded(new byte[bytes]),
        Map.of(),
        new SourcePosition("", 0, 0));
  }
}
