package dev.framelabel.model;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Relation between the classes of a label model. */
public enum LabelTask {
  /** A picture is of one class: the scores of all classes sum to 1. */
  CLASSIFY,
  /** Each class is there or not, whatever the others are: each score is 0 to 1 by itself. */
  MULTI_LABEL;

  /** Returns the value of {@link ModelMetadata#TASK_KEY}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Returns the task that a model's metadata names.
   *
   * @throws ModelException if there is no such task
   */
  static LabelTask of(String key) {
    return Arrays.stream(values())
        .filter(task -> task.key().equals(key))
        .findFirst()
        .orElseThrow(
            () ->
                new ModelException(
                    ModelMetadata.TASK_KEY
                        + " is '"
                        + key
                        + "'; expected one of "
                        + Arrays.stream(values())
                            .map(LabelTask::key)
                            .collect(Collectors.joining(", "))));
  }
}
