package dev.framelabel.tools.modelkit;

import dev.framelabel.model.LabelTask;
import dev.framelabel.model.ModelException;
import dev.framelabel.tools.modelkit.Packaging.Result;
import dev.framelabel.tools.modelkit.Wrapping.Activation;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Output of a classifier for trial pictures, and the conclusions from its numbers. Nothing in a
 * graph says it as surely: a softmax may stand behind any node and in front of any.
 *
 * @param rows a number for each class, for each picture
 */
record TrialRows(List<float[]> rows) {
  /** Deviation that rounding may cause in a value, as in half precision. */
  private static final double VALUE_TOLERANCE = 1e-3;

  private static final double SUM_TOLERANCE = 5e-3;

  /** Deviation that quantisation of the output may cause in a sum without leaving it in doubt. */
  private static final double CLEAR_ROUNDING = 0.05;

  /** The steps of an output in 8 bits or more are smaller. */
  private static final double LARGEST_STEP = 0.01;

  private static final int SHOWN_ROWS = 3;
  private static final int SHOWN_VALUES = 6;

  private enum Kind {
    PROBABILITIES,
    SCORES,
    LOGITS,
    /** A quantised output whose rows sum to 1 or not, for all that can be told. */
    UNCLEAR
  }

  /**
   * Layer that makes probabilities of a classifier's output.
   *
   * @param measured a sentence
   */
  record Head(Activation activation, LabelTask task, String measured) {}

  TrialRows {
    rows = List.copyOf(rows);
    for (float[] row : rows) {
      for (float value : row) {
        if (!Float.isFinite(value)) {
          throw new ModelException(
              "the model gave " + value + " for a trial picture; expected numbers");
        }
      }
    }
  }

  /**
   * Returns the head by the rows, and by the user's statement about them.
   *
   * @throws ModelException if the two contradict each other
   */
  Head head(Result said) {
    Kind kind = kind();
    return switch (said) {
      case MEASURED -> measured(kind);
      case PROBABILITIES -> {
        agree(kind == Kind.PROBABILITIES || kind == Kind.UNCLEAR, "--probabilities", "sum to 1");
        yield head(Activation.NONE, LabelTask.CLASSIFY);
      }
      case LOGITS -> {
        agree(kind != Kind.PROBABILITIES, "--logits", "do not sum to 1");
        yield head(Activation.SOFTMAX, LabelTask.CLASSIFY);
      }
      case MULTI_LABEL -> {
        agree(kind != Kind.PROBABILITIES, "--multi-label", "do not sum to 1");
        yield head(
            kind == Kind.LOGITS ? Activation.SIGMOID : Activation.NONE, LabelTask.MULTI_LABEL);
      }
      case MULTI_LABEL_LOGITS -> {
        agree(kind != Kind.PROBABILITIES, "--multi-label --logits", "do not sum to 1");
        yield head(Activation.SIGMOID, LabelTask.MULTI_LABEL);
      }
    };
  }

  private Head measured(Kind kind) {
    return switch (kind) {
      case PROBABILITIES -> head(Activation.NONE, LabelTask.CLASSIFY);
      case SCORES -> head(Activation.NONE, LabelTask.MULTI_LABEL);
      case LOGITS -> head(Activation.SOFTMAX, LabelTask.CLASSIFY);
      case UNCLEAR ->
          throw new ModelException(
              "the output of the model is quantised so coarsely that its rows cannot be told from"
                  + " probabilities that sum to 1: "
                  + shown()
                  + "; expected --probabilities (a picture is of one class) or --multi-label");
    };
  }

  private Head head(Activation activation, LabelTask task) {
    if (activation == Activation.SOFTMAX && classes() == 1) {
      throw new ModelException(
          "the model has logits for one class, of which a softmax makes 1 for every picture: "
              + shown()
              + "; expected --multi-label, which adds a sigmoid");
    }
    String added =
        activation == Activation.NONE
            ? "nothing is added"
            : "a " + activation.name().toLowerCase(Locale.ROOT) + " is added";
    return new Head(
        activation, task, description() + "; " + added + ", and the task is " + task.key());
  }

  private String description() {
    DoubleSummaryStatistics sums = rows.stream().mapToDouble(TrialRows::sum).summaryStatistics();
    return switch (kind()) {
      case PROBABILITIES -> "each row sums to 1";
      case SCORES, UNCLEAR ->
          String.format(
              Locale.ROOT,
              "values are 0 to 1, rows sum to %.3g to %.3g",
              sums.getMin(),
              sums.getMax());
      case LOGITS -> {
        DoubleSummaryStatistics values = values();
        yield String.format(
            Locale.ROOT, "values are logits, %.3g to %.3g", values.getMin(), values.getMax());
      }
    };
  }

  private void agree(boolean holds, String option, String expected) {
    if (!holds) {
      throw new ModelException(
          option
              + " contradicts what the model gave for "
              + rows.size()
              + " trial pictures: "
              + shown()
              + "; expected rows that "
              + expected
              + ". Leave the option out to let the rows decide");
    }
  }

  /**
   * Requires rows that a label model of this task may give.
   *
   * @throws ModelException if a label model of this task may not give such rows
   */
  void check(LabelTask task) {
    boolean right =
        task == LabelTask.MULTI_LABEL
            ? isWithinZeroAndOne()
            : isWithinZeroAndOne() && largestMiss() <= Math.max(SUM_TOLERANCE, rounding());
    if (!right) {
      throw new ModelException(
          "the label model gave for trial pictures: "
              + shown()
              + "; expected values from 0 to 1"
              + (task == LabelTask.CLASSIFY ? ", and rows that sum to 1" : ""));
    }
  }

  private Kind kind() {
    if (!isWithinZeroAndOne()) {
      return Kind.LOGITS;
    }
    if (classes() == 1) {
      return Kind.SCORES;
    }
    double miss = largestMiss();
    if (miss <= SUM_TOLERANCE) {
      return Kind.PROBABILITIES;
    }
    if (miss > rounding()) {
      return Kind.SCORES;
    }
    return rounding() <= CLEAR_ROUNDING ? Kind.PROBABILITIES : Kind.UNCLEAR;
  }

  private int classes() {
    return rows.get(0).length;
  }

  private boolean isWithinZeroAndOne() {
    DoubleSummaryStatistics values = values();
    return values.getMin() >= -VALUE_TOLERANCE && values.getMax() <= 1 + VALUE_TOLERANCE;
  }

  private DoubleSummaryStatistics values() {
    return rows.stream().flatMapToDouble(TrialRows::stream).summaryStatistics();
  }

  private double largestMiss() {
    return rows.stream().mapToDouble(row -> Math.abs(sum(row) - 1)).max().orElse(0);
  }

  /** Returns by how much quantisation may change a sum: half a step for each class. */
  private double rounding() {
    return step() * classes() / 2;
  }

  /** Returns the step of which all values are multiples; 0 where there is none. */
  private double step() {
    double step =
        rows.stream().flatMapToDouble(TrialRows::stream).filter(v -> v > 0).min().orElse(1);
    boolean quantised =
        rows.stream()
            .flatMapToDouble(TrialRows::stream)
            .allMatch(v -> Math.abs(v / step - Math.rint(v / step)) < VALUE_TOLERANCE);
    return quantised && step < LARGEST_STEP ? step : 0;
  }

  private static DoubleStream stream(float[] row) {
    return IntStream.range(0, row.length).mapToDouble(index -> row[index]);
  }

  private static double sum(float[] row) {
    return stream(row).sum();
  }

  private String shown() {
    return rows.stream()
        .limit(SHOWN_ROWS)
        .map(
            row ->
                stream(row)
                    .limit(SHOWN_VALUES)
                    .mapToObj(value -> String.format(Locale.ROOT, "%.4g", value))
                    .collect(
                        Collectors.joining(
                            " ",
                            "[",
                            String.format(
                                Locale.ROOT,
                                "%s] (sum %.4g)",
                                row.length > SHOWN_VALUES ? " ..." : "",
                                sum(row)))))
        .collect(Collectors.joining(", "));
  }
}
