package dev.framelabel.tools.bench;

import dev.framelabel.event.Image;
import dev.framelabel.image.BadImageException;
import dev.framelabel.image.ImageDecoder;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;

/** A picture to label, encoded or raw. */
public record BenchFrame(Image image) {
  private static final int PICTURES = 32;

  /** Returns different JPEGs of one size. */
  public static List<BenchFrame> jpegs(int width, int height) {
    BenchPictures pictures = new BenchPictures();
    return IntStream.range(0, PICTURES)
        .mapToObj(seed -> new BenchFrame(Image.encoded(pictures.jpeg(width, height, seed))))
        .toList();
  }

  /** Writes the pixels of the decoder's size into the target. */
  public void decode(ImageDecoder decoder, ByteBuffer target) {
    try {
      ByteBuffer bytes = image.bytes().buffer();
      if (image.format() == Image.Format.RGB24) {
        decoder.scale(bytes, image.width(), image.height(), target);
      } else {
        decoder.decode(bytes, target);
      }
    } catch (BadImageException e) {
      throw new IllegalStateException(e);
    }
  }
}
