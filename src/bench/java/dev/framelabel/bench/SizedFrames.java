package dev.framelabel.bench;

import dev.framelabel.event.Image;
import dev.framelabel.tools.bench.BenchFrame;
import dev.framelabel.tools.bench.BenchPictures;
import java.util.List;
import java.util.stream.IntStream;

/** Frames of about a given number of bytes. */
final class SizedFrames {
  private static final int PICTURES = 32;
  private static final int QUALITY_STEPS = 8;

  private SizedFrames() {}

  /** Returns different JPEGs of one size and about this many bytes. */
  static List<BenchFrame> jpegs(int width, int height, int bytes) {
    BenchPictures pictures = new BenchPictures();
    float quality = quality(pictures, width, height, bytes);
    return IntStream.range(0, PICTURES)
        .mapToObj(seed -> Image.encoded(pictures.jpeg(width, height, seed, quality)))
        .map(BenchFrame::new)
        .toList();
  }

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
}
