package dev.framelabel.tools.modelkit;

import dev.framelabel.model.LabelModel;
import dev.framelabel.model.ModelException;
import dev.framelabel.model.OnnxLabelModel;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * How far two models agree on the same pictures.
 *
 * @param pictures that were compared
 * @param largestDifference between two probabilities of the same class
 * @param sameTop pictures whose most probable class is the same
 */
public record Agreement(int pictures, double largestDifference, int sameTop) {
  private static final double SUM_TOLERANCE = 1e-3;
  private static final int TILE = 8;

  /**
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
            "one model has " + one.length + " classes and the other " + other.length);
      }
      for (int index = 0; index < one.length; index++) {
        largest = Math.max(largest, Math.abs((double) one[index] - other[index]));
      }
      same += best(one) == best(other) ? 1 : 0;
    }
    return new Agreement(a.size(), largest, same);
  }

  private static int best(float[] row) {
    int best = 0;
    for (int index = 1; index < row.length; index++) {
      best = row[index] > row[best] ? index : best;
    }
    return best;
  }

  /** Returns a sentence for people. */
  public String toText(String one, String other) {
    return String.format(
        "%s against %s: %d pictures, largest difference %.3g, same first label on %d",
        one, other, pictures, largestDifference, sameTop);
  }

  /**
   * Labels made-up pictures, always the same ones, as one batch.
   *
   * @throws ModelException if the model fails on them, or gives rows that are no probabilities
   */
  public static List<float[]> onMadeUpPictures(LabelModel model, int count) {
    int classes = model.metadata().classes();
    FloatBuffer out = OnnxLabelModel.newProbabilities(count, classes);
    model.label(madeUp(count, model.metadata().height(), model.metadata().width()), count, out);
    List<float[]> rows = new ArrayList<>();
    for (int index = 0; index < count; index++) {
      float[] row = new float[classes];
      out.get(index * classes, row);
      checkProbabilities(row);
      rows.add(row);
    }
    return rows;
  }

  private static void checkProbabilities(float[] row) {
    double sum = 0;
    for (float value : row) {
      if (!(value >= -SUM_TOLERANCE)) {
        throw new ModelException(
            "the model gave " + value + " as a probability; if its output is logits, say so");
      }
      sum += value;
    }
    if (Math.abs(sum - 1) > SUM_TOLERANCE) {
      throw new ModelException(
          ("the model's probabilities sum to %s; expected 1. If its output is logits, say --logits;"
                  + " sigmoid outputs (several labels for one picture) are not supported")
              .formatted((float) sum));
    }
  }

  /** Returns random tiles with some noise: nearer to a picture than noise alone. */
  private static ByteBuffer madeUp(int count, int height, int width) {
    Random random = new Random(count);
    ByteBuffer pixels = ByteBuffer.allocateDirect(count * height * width * 3);
    for (int picture = 0; picture < count; picture++) {
      int[] tiles = random.ints(3L * (width / TILE + 1) * (height / TILE + 1), 0, 224).toArray();
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          int tile = 3 * (y / TILE * (width / TILE + 1) + x / TILE);
          for (int channel = 0; channel < 3; channel++) {
            pixels.put((byte) (tiles[tile + channel] + random.nextInt(32)));
          }
        }
      }
    }
    return pixels.flip();
  }
}
