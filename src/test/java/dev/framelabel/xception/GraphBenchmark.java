package dev.framelabel.xception;

import dev.framelabel.model.OnnxLabelModel;
import dev.framelabel.model.SessionSettings;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Compares the speed of two label models in ONNX Runtime on the CPU: {@code A.onnx B.onnx [batch]
 * [rounds]}. They take turns, so that what disturbs one disturbs both; the medians are compared.
 */
final class GraphBenchmark {
  private GraphBenchmark() {}

  public static void main(String[] arguments) {
    int batch = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 4;
    int rounds = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 9;
    SessionSettings settings = SessionSettings.onCpu(batch);
    try (OnnxLabelModel a = new OnnxLabelModel(Path.of(arguments[0]), settings);
        OnnxLabelModel b = new OnnxLabelModel(Path.of(arguments[1]), settings)) {
      double[] ofA = new double[rounds];
      double[] ofB = new double[rounds];
      for (int round = 0; round < rounds; round++) {
        ofA[round] = milliseconds(a, batch);
        ofB[round] = milliseconds(b, batch);
      }
      System.out.printf("A %s: median %.1f ms, all %s%n", arguments[0], median(ofA), text(ofA));
      System.out.printf("B %s: median %.1f ms, all %s%n", arguments[1], median(ofB), text(ofB));
      System.out.printf(
          "batch %d, %d rounds: speed of A is %.3f times that of B%n",
          batch, rounds, median(ofB) / median(ofA));
    }
  }

  private static double milliseconds(OnnxLabelModel model, int batch) {
    ByteBuffer pixels = ByteBuffer.allocateDirect(batch * model.card().frameBytes());
    FloatBuffer out = OnnxLabelModel.newProbabilities(batch, model.card().classes());
    long begun = System.nanoTime();
    model.label(pixels, batch, out);
    return (System.nanoTime() - begun) / 1e6;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static String text(double[] values) {
    return Arrays.toString(Arrays.stream(values).map(Math::rint).toArray());
  }
}
