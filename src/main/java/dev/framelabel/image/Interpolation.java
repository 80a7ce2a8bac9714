package dev.framelabel.image;

/** Filter with which pictures are scaled. */
public enum Interpolation {
  /** As fast as it goes without skipping a pixel; differs a little from either of the others. */
  FAST(0),
  /** As Pillow does: a triangle, as wide as what becomes one pixel. */
  BILINEAR(1),
  /** As Pillow does: a cubic with a = -0.5, as wide. */
  BICUBIC(2);

  private static final double A = -0.5;

  /** Pixels of the smaller picture that the filter reaches to either side. */
  final int reach;

  Interpolation(int reach) {
    this.reach = reach;
  }

  /** Returns the filter's height at a distance from its centre. */
  double weight(double distance) {
    double x = Math.abs(distance);
    if (x >= reach) {
      return 0;
    }
    if (this == BILINEAR) {
      return 1 - x;
    }
    return x < 1 ? ((A + 2) * x - (A + 3)) * x * x + 1 : (((x - 5) * x + 8) * x - 4) * A;
  }
}
