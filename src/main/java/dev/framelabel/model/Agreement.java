package dev.framelabel.model;

import java.util.List;

/**
 * Agreement of two models, or of a model on two devices, on the same pictures.
 *
 * @param pictures that were compared
 * @param largestDifference between two probabilities of the same class
 * @param sameTop pictures whose most probable class is the same
 */
public record Agreement(int pictures, double largestDifference, int sameTop) {
  /**
   * Compares two models, picture by picture.
   *
   * @param a a row of probabilities for each picture
   * @param b the other model's
   */
  public static Agreement of(List<float[]> a, List<float[]> b) {
    double largest = 0;
    int same = 0;
    for (int row = 0; row < a.size(); row++) {
      float[] one = a.get(row);
      float[] other = b.get(row);
      if (one.length != other.length) {
        throw new ModelException(
            "one model has "
                + one.length
                + " classes and the other "
                + other.length
                + "; expected the same classes");
      }
      for (int index = 0; index < one.length; index++) {
        largest = Math.max(largest, Math.abs((double) one[index] - other[index]));
      }
      same += best(one) == best(other) ? 1 : 0;
    }
    return new Agreement(a.size(), largest, same);
  }

  /** Returns the index of the most probable class. */
  public static int best(float[] row) {
    int best = 0;
    for (int index = 1; index < row.length; index++) {
      best = row[index] > row[best] ? index : best;
    }
    return best;
  }

  /** Returns whether each picture keeps its first label, and no probability differs by more. */
  public boolean within(double tolerance) {
    return sameTop == pictures && largestDifference <= tolerance;
  }

  /** Returns a sentence for people. */
  public String toText(String one, String other) {
    return String.format(
        "%s against %s: %d pictures, largest difference %.3g, same first label on %d",
        one, other, pictures, largestDifference, sameTop);
  }
}
