package dev.framelabel.classify;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.StringJoiner;

/** Check of the model's output for a frame: whether it is probabilities. Thread-safe. */
final class OutputCheck {
  /** Quantised models exceed 0 and 1 by a step of their scale. */
  private static final float TOLERANCE = 0.01f;

  private static final int NAMED = 5;
  private static final int LABEL_LENGTH = 40;

  private final List<String> labels;

  OutputCheck(List<String> labels) {
    this.labels = labels;
  }

  /**
   * Returns what is wrong with a row; empty if nothing is.
   *
   * @param probabilities {@code [rows, classes]} from its beginning
   */
  String fault(FloatBuffer probabilities, int row) {
    int start = row * labels.size();
    int wrong = 0;
    StringJoiner named = new StringJoiner(", ");
    for (int index = 0; index < labels.size(); index++) {
      float value = probabilities.get(start + index);
      // Written so that NaN is wrong.
      if (!(value >= -TOLERANCE && value <= 1 + TOLERANCE) && wrong++ < NAMED) {
        named.add("class " + index + " '" + cut(labels.get(index)) + "' = " + value);
      }
    }
    return wrong == 0
        ? ""
        : wrong
            + " of "
            + labels.size()
            + " outputs of the model are no probabilities: "
            + named
            + (wrong > NAMED ? ", ..." : "")
            + "; expected numbers from 0 to 1";
  }

  private static String cut(String label) {
    return label.length() <= LABEL_LENGTH ? label : label.substring(0, LABEL_LENGTH) + "...";
  }
}
