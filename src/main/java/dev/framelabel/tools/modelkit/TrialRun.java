package dev.framelabel.tools.modelkit;

import dev.framelabel.model.LabelModel;
import dev.framelabel.model.ModelException;
import dev.framelabel.model.OnnxLabelModel;
import dev.framelabel.model.SessionSettings;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Trial of models on made-up pictures, always the same ones. */
public final class TrialRun {
  /** Number of pictures that tell the kind of a model's output. */
  static final int PICTURES = 6;

  private static final int BATCH = 3;
  private static final double BATCH_TOLERANCE = 0.01;
  private static final int TILE = 8;

  private TrialRun() {}

  /**
   * Labels pictures as one batch.
   *
   * @return a row of probabilities for each
   * @throws ModelException if the model fails on them, or its rows are not of its task
   */
  public static List<float[]> of(LabelModel model, int count) {
    TrialRows rows =
        new TrialRows(label(model, madeUp(count, model.metadata().height(), width(model)), count));
    rows.check(model.metadata().task());
    return rows.rows();
  }

  private static int width(LabelModel model) {
    return model.metadata().width();
  }

  /**
   * Runs a model whose output may be anything: each picture alone, and batches of three.
   *
   * @throws ModelException if it fails, or if a batch gives something else than single pictures
   */
  static TrialRows of(Path file) {
    List<float[]> single = inBatches(file, 1);
    try {
      List<float[]> batched = inBatches(file, BATCH);
      for (int picture = 0; picture < PICTURES; picture++) {
        compare(single.get(picture), batched.get(picture));
      }
    } catch (ModelException e) {
      throw new ModelException(
          "the model does not run on a batch of "
              + BATCH
              + " pictures as on single ones, so a number in its graph fixes the batch: "
              + e.getMessage()
              + ". Export it with a dynamic first axis, in PyTorch with"
              + " dynamic_axes={\"input\": {0: \"N\"}}",
          e);
    }
    return new TrialRows(single);
  }

  private static List<float[]> inBatches(Path file, int batch) {
    try (LabelModel model = new OnnxLabelModel(file, SessionSettings.onCpu(batch))) {
      ByteBuffer all = madeUp(PICTURES, model.metadata().height(), width(model));
      int bytes = model.metadata().frameBytes();
      List<float[]> rows = new ArrayList<>();
      for (int picture = 0; picture < PICTURES; picture += batch) {
        rows.addAll(label(model, all.slice(picture * bytes, batch * bytes), batch));
      }
      return rows;
    }
  }

  private static void compare(float[] alone, float[] inBatch) {
    for (int index = 0; index < alone.length; index++) {
      double allowed = BATCH_TOLERANCE * Math.max(1, Math.abs(alone[index]));
      if (!(Math.abs(alone[index] - inBatch[index]) <= allowed)) {
        throw new ModelException(
            "class "
                + index
                + " of a picture is "
                + inBatch[index]
                + " in a batch; expected "
                + alone[index]
                + ", as alone");
      }
    }
  }

  private static List<float[]> label(LabelModel model, ByteBuffer pictures, int count) {
    int classes = model.metadata().classes();
    FloatBuffer out = OnnxLabelModel.newProbabilities(count, classes);
    model.label(pictures, count, out);
    List<float[]> rows = new ArrayList<>();
    for (int index = 0; index < count; index++) {
      float[] row = new float[classes];
      out.get(index * classes, row);
      rows.add(row);
    }
    return rows;
  }

  /**
   * Returns black, white, then random tiles with some noise: nearer to a picture than noise alone.
   */
  private static ByteBuffer madeUp(int count, int height, int width) {
    Random random = new Random(count);
    ByteBuffer pixels = ByteBuffer.allocateDirect(count * height * width * 3);
    for (int picture = 0; picture < count; picture++) {
      int[] tiles = random.ints(3L * (width / TILE + 1) * (height / TILE + 1), 0, 224).toArray();
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          int tile = 3 * (y / TILE * (width / TILE + 1) + x / TILE);
          for (int channel = 0; channel < 3; channel++) {
            int value = tiles[tile + channel] + random.nextInt(32);
            pixels.put((byte) (picture == 0 ? 0 : picture == 1 ? 255 : value));
          }
        }
      }
    }
    return pixels.flip();
  }
}
