package dev.framelabel.tools.camera;

import dev.framelabel.event.Bytes;
import java.io.IOException;

/**
 * Check for frozen and black pictures. Looks at one picture a second, at an eighth of its size. Two
 * pictures are the same if their files are, or if their brightness is: less than noise on average,
 * and nowhere more than rounding. Not thread-safe.
 */
final class PictureCheck implements AutoCloseable {
  static final long FROZEN_AFTER_NANOS = 10_000_000_000L;
  private static final long STEP_NANOS = 1_000_000_000L;
  private static final double NOISE = 0.15;
  private static final int ROUNDING = 2;
  private static final int BLACK = 32;
  private static final int MOST_BRIGHT_POINTS_PER_THOUSAND = 2;

  /** Finding about a picture. */
  enum Look {
    FINE,
    FROZEN,
    BLACK
  }

  private final StillDecoder decoder = new StillDecoder(3);
  private Bytes file = Bytes.EMPTY;
  private Bytes luma = Bytes.EMPTY;
  private boolean black;
  private boolean begun;
  private long changedAt;
  private long lookedAt;

  /**
   * Takes the newest picture.
   *
   * @param nanoTime when it came
   */
  Look look(Bytes newest, long nanoTime) {
    if (!begun || nanoTime - lookedAt >= STEP_NANOS) {
      if (changes(newest) || !begun) {
        changedAt = nanoTime;
      }
      begun = true;
      lookedAt = nanoTime;
    }
    if (black) {
      return Look.BLACK;
    }
    return nanoTime - changedAt >= FROZEN_AFTER_NANOS ? Look.FROZEN : Look.FINE;
  }

  private boolean changes(Bytes newest) {
    if (newest.equals(file)) {
      return false;
    }
    Bytes before = luma;
    file = newest;
    try {
      luma = Bytes.wrap(StillDecoder.luma(decoder.decode(newest.array())));
    } catch (IOException e) {
      // Whether it is a picture is for the job to say.
      luma = Bytes.EMPTY;
    }
    black = isBlack(luma.array());
    if (differ(before.array(), luma.array())) {
      return true;
    }
    // Compared with the first of the same pictures, so that slow changes add up.
    luma = before;
    return false;
  }

  private static boolean differ(byte[] before, byte[] after) {
    if (before.length != after.length || after.length == 0) {
      return true;
    }
    long sum = 0;
    int most = 0;
    for (int at = 0; at < after.length; at++) {
      int difference = Math.abs((before[at] & 0xFF) - (after[at] & 0xFF));
      sum += difference;
      most = Math.max(most, difference);
    }
    return most > ROUNDING || (double) sum / after.length > NOISE;
  }

  private static boolean isBlack(byte[] luma) {
    int bright = 0;
    for (byte point : luma) {
      if ((point & 0xFF) > BLACK) {
        bright++;
      }
    }
    return luma.length > 0
        && bright * 1000L <= (long) MOST_BRIGHT_POINTS_PER_THOUSAND * luma.length;
  }

  @Override
  public void close() {
    decoder.close();
  }
}
