package dev.framelabel.tools.bench;

import dev.framelabel.event.Bytes;
import dev.framelabel.event.Image;
import dev.framelabel.image.BadImageException;
import dev.framelabel.image.ImageDecoder;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** A picture to label, encoded or raw. */
public record BenchFrame(Image image) {
  private static final int PICTURES = 32;
  private static final int RAW_SIDE = 71;

  static BenchFrame jpeg(byte[] file) {
    return new BenchFrame(Image.encoded(file));
  }

  /** Returns different JPEGs of one size. */
  public static List<BenchFrame> jpegs(int width, int height) {
    BenchPictures pictures = new BenchPictures();
    return IntStream.range(0, PICTURES)
        .mapToObj(seed -> jpeg(pictures.jpeg(width, height, seed)))
        .toList();
  }

  /** Returns pictures of raw noise, of the small model's size. */
  public static List<BenchFrame> raw() {
    return IntStream.range(0, PICTURES).mapToObj(seed -> raw(RAW_SIDE, seed)).toList();
  }

  private static BenchFrame raw(int side, int seed) {
    byte[] rgb = new byte[side * side * 3];
    new Random(seed).nextBytes(rgb);
    return new BenchFrame(new Image(Image.Format.RGB24, Bytes.wrap(rgb), side, side));
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
