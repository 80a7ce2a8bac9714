package dev.framelabel.bench;

import dev.framelabel.event.Bytes;
import dev.framelabel.event.Image;
import dev.framelabel.image.BadImageException;
import dev.framelabel.image.ImageDecoder;
import java.nio.ByteBuffer;
import java.util.Random;

/** A picture to label, encoded or raw. */
record BenchFrame(Image image) {
  static BenchFrame jpeg(byte[] file) {
    return new BenchFrame(Image.encoded(file));
  }

  /** Raw noise of the given size. */
  static BenchFrame raw(int side, int seed) {
    byte[] rgb = new byte[side * side * 3];
    new Random(seed).nextBytes(rgb);
    return new BenchFrame(new Image(Image.Format.RGB24, Bytes.wrap(rgb), side, side));
  }

  void decode(ImageDecoder decoder, ByteBuffer target) {
    try {
      byte[] bytes = image.bytes().array();
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
