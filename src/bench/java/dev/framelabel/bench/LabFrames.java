package dev.framelabel.bench;

import dev.framelabel.event.Bytes;
import dev.framelabel.event.Image;
import dev.framelabel.tools.bench.BenchFrame;
import dev.framelabel.tools.bench.BenchPictures;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Frames that only the project's own suites label. */
final class LabFrames {
  private static final int PICTURES = 32;
  private static final int RAW_SIDE = 71;
  private static final int QUALITY_STEPS = 8;

  private LabFrames() {}

  /** Returns different JPEGs of one size and about this many bytes. */
  static List<BenchFrame> jpegsOfBytes(int width, int height, int bytes) {
    BenchPictures pictures = new BenchPictures();
    float quality = quality(pictures, width, height, bytes);
    return IntStream.range(0, PICTURES)
        .mapToObj(seed -> Image.encoded(pictures.jpeg(width, height, seed, quality)))
        .map(BenchFrame::new)
        .toList();
  }

  /** Returns the quality at which a picture of this size has about so many bytes. */
  private static float quality(BenchPictures pictures, int width, int height, int bytes) {
    float low = 0;
    float high = 1;
    for (int step = 0; step < QUALITY_STEPS; step++) {
      float middle = (low + high) / 2;
      if (pictures.jpeg(width, height, 0, middle).length < bytes) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Returns pictures of raw noise, of the small model's size. */
  static List<BenchFrame> raw() {
    return IntStream.range(0, PICTURES).mapToObj(LabFrames::raw).toList();
  }

  private static BenchFrame raw(int seed) {
    byte[] rgb = new byte[RAW_SIDE * RAW_SIDE * 3];
    new Random(seed).nextBytes(rgb);
    return new BenchFrame(new Image(Image.Format.RGB24, Bytes.wrap(rgb), RAW_SIDE, RAW_SIDE));
  }
}
