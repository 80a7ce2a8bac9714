package dev.framelabel.tools.modelkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.platform.Fp16Conversions;
import dev.framelabel.model.LabelTask;
import dev.framelabel.model.ModelException;
import dev.framelabel.tools.modelkit.Packaging.Result;
import dev.framelabel.tools.modelkit.Wrapping.Activation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Random logits, and what a network's last nodes make of them. */
final class TrialRowsTest {
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5, 10, 100, 1000})
  void head_measured_isRightForAnyNumberOfClassesAndPrecision(int classes) {
    for (long seed = 0; seed < 50; seed++) {
      TrialRows logits = logits(classes, seed);
      for (DoubleUnaryOperator precision :
          List.of(DoubleUnaryOperator.identity(), TrialRowsTest::inHalf)) {
        expect(logits, Result.MEASURED, Activation.SOFTMAX, LabelTask.CLASSIFY);
        expect(softmax(logits, precision), Result.MEASURED, Activation.NONE, LabelTask.CLASSIFY);
        expect(sigmoid(logits, precision), Result.MEASURED, Activation.NONE, LabelTask.MULTI_LABEL);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 5, 10})
  void head_quantisedOutput_isRight(int classes) {
    DoubleUnaryOperator quantised = value -> Math.rint(value * 255) / 255;
    for (long seed = 0; seed < 50; seed++) {
      TrialRows logits = logits(classes, seed);
      expect(softmax(logits, quantised), Result.MEASURED, Activation.NONE, LabelTask.CLASSIFY);
      expect(sigmoid(logits, quantised), Result.MEASURED, Activation.NONE, LabelTask.MULTI_LABEL);
    }
  }

  @Test
  void head_quantisedProbabilitiesOfManyClasses_asksTheUser() {
    TrialRows flat = softmax(scaled(logits(1000, 1), 0.3), v -> Math.rint(v * 255) / 255);
    assertThatThrownBy(() -> flat.head(Result.MEASURED))
        .isInstanceOf(ModelException.class)
        .hasMessageContainingAll("quantised", "--probabilities", "--multi-label");
    expect(flat, Result.PROBABILITIES, Activation.NONE, LabelTask.CLASSIFY);
    expect(flat, Result.MULTI_LABEL, Activation.NONE, LabelTask.MULTI_LABEL);
  }

  @Test
  void head_oneClass_isAScoreOrNeedsASigmoid() {
    TrialRows logits = logits(1, 3);
    expect(sigmoid(logits, v -> v), Result.MEASURED, Activation.NONE, LabelTask.MULTI_LABEL);
    expect(logits, Result.MULTI_LABEL, Activation.SIGMOID, LabelTask.MULTI_LABEL);
    for (Result result : List.of(Result.MEASURED, Result.LOGITS)) {
      assertThatThrownBy(() -> logits.head(result))
          .isInstanceOf(ModelException.class)
          .hasMessageContainingAll("one class", "--multi-label");
    }
  }

  @Test
  void head_option_overridesTheMeasurement() {
    TrialRows logits = logits(5, 2);
    TrialRows scores = sigmoid(logits, v -> v);
    expect(scores, Result.LOGITS, Activation.SOFTMAX, LabelTask.CLASSIFY);
    expect(scores, Result.MULTI_LABEL, Activation.NONE, LabelTask.MULTI_LABEL);
    expect(scores, Result.MULTI_LABEL_LOGITS, Activation.SIGMOID, LabelTask.MULTI_LABEL);
    expect(logits, Result.MULTI_LABEL, Activation.SIGMOID, LabelTask.MULTI_LABEL);
    expect(logits, Result.LOGITS, Activation.SOFTMAX, LabelTask.CLASSIFY);
  }

  @ParameterizedTest
  @CsvSource({
    "PROBABILITIES, logits,  --probabilities",
    "PROBABILITIES, sigmoid, --probabilities",
    "LOGITS,        softmax, --logits",
    "MULTI_LABEL,   softmax, --multi-label",
    "MULTI_LABEL_LOGITS, softmax, --multi-label --logits",
  })
  void head_optionThatContradictsTheRows_isAnErrorThatShowsThem(
      Result said, String rows, String option) {
    TrialRows found = new TrialRows(List.of(new float[] {4.25f, -1, 0}));
    found = rows.equals("softmax") ? softmax(found, v -> v) : found;
    found = rows.equals("sigmoid") ? sigmoid(found, v -> v) : found;
    TrialRows shown = found;
    assertThatThrownBy(() -> shown.head(said))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(option + " contradicts")
        .hasMessageContainingAll(
            "[", "(sum ", String.format(Locale.ROOT, "%.4g", shown.rows().get(0)[0]));
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
  void new_numbersThatAreNone_areRefused(float value) {
    assertThatThrownBy(() -> new TrialRows(List.of(new float[] {0, value})))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(String.valueOf(value));
  }

  private static double inHalf(double value) {
    return Fp16Conversions.fp16ToFloat(Fp16Conversions.floatToFp16((float) value));
  }

  private static void expect(TrialRows rows, Result said, Activation activation, LabelTask task) {
    TrialRows.Head head = rows.head(said);
    assertThat(head.activation()).as(head.measured()).isEqualTo(activation);
    assertThat(head.task()).as(head.measured()).isEqualTo(task);
    if (activation == Activation.NONE) {
      rows.check(task);
    }
  }

  private static TrialRows logits(int classes, long seed) {
    Random random = new Random(seed);
    List<float[]> rows = new ArrayList<>();
    for (int row = 0; row < TrialRun.PICTURES; row++) {
      float[] values = new float[classes];
      for (int index = 0; index < classes; index++) {
        values[index] = (float) random.nextGaussian() * 4;
      }
      rows.add(values);
    }
    return new TrialRows(rows);
  }

  private static TrialRows scaled(TrialRows rows, double factor) {
    return each(rows, row -> map(row, value -> value * factor));
  }

  private static TrialRows sigmoid(TrialRows rows, DoubleUnaryOperator precision) {
    return each(rows, row -> map(row, v -> precision.applyAsDouble(1 / (1 + Math.exp(-v)))));
  }

  private static TrialRows softmax(TrialRows rows, DoubleUnaryOperator precision) {
    return each(
        rows,
        row -> {
          double sum = 0;
          for (float value : row) {
            sum += Math.exp(value);
          }
          double all = sum;
          return map(row, value -> precision.applyAsDouble(Math.exp(value) / all));
        });
  }

  private static TrialRows each(TrialRows rows, UnaryOperator<float[]> function) {
    return new TrialRows(rows.rows().stream().map(function).toList());
  }

  private static float[] map(float[] row, DoubleUnaryOperator function) {
    float[] out = new float[row.length];
    for (int index = 0; index < row.length; index++) {
      out[index] = (float) function.applyAsDouble(row[index]);
    }
    return out;
  }
}
