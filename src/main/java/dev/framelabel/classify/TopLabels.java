package dev.framelabel.classify;

import dev.framelabel.event.Label;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Selector of the classes of a frame with the highest scores; of equal ones, the class with the
 * lower index. Thread-safe.
 */
final class TopLabels {
  private final List<String> names;
  private final int count;

  TopLabels(List<String> names, int count) {
    this.names = names;
    this.count = Math.min(count, names.size());
  }

  /**
   * Returns the labels of one row, the most probable first.
   *
   * @param probabilities {@code [rows, classes]} from its beginning; no NaN in the row
   */
  List<Label> of(FloatBuffer probabilities, int row) {
    int start = row * names.size();
    int[] best = new int[count];
    int found = 0;
    for (int index = 0; index < names.size(); index++) {
      float score = probabilities.get(start + index);
      int at = found;
      while (at > 0 && probabilities.get(start + best[at - 1]) < score) {
        at--;
      }
      if (at < count) {
        found = Math.min(count, found + 1);
        System.arraycopy(best, at, best, at + 1, found - 1 - at);
        best[at] = index;
      }
    }
    List<Label> labels = new ArrayList<>(count);
    for (int index : best) {
      labels.add(new Label(names.get(index), index, probabilities.get(start + index)));
    }
    return labels;
  }
}
