package dev.framelabel.event;

import static java.util.Objects.requireNonNull;

/**
 * One class and the model's confidence in it.
 *
 * @param label the class's name
 * @param classIndex the class's place in the model's output, from 0
 * @param score probability of the class, 0 to 1; of a multi-label model, whatever the others are
 */
public record Label(String label, int classIndex, float score) {
  public Label {
    requireNonNull(label, "label");
  }
}
