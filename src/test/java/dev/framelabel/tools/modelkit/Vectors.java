package dev.framelabel.tools.modelkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.framelabel.model.OnnxLabelModel;
import dev.framelabel.model.SessionSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

/** The committed vectors that {@code model/*_reference.py} made, and what is done with them. */
final class Vectors {
  static final int PICTURES = 4;
  static final int CLASSES = 10;

  private Vectors() {}

  /** Unpacks a committed file. */
  static Path unpack(String name, Path folder) throws IOException {
    Path file = folder.resolve(name);
    try (InputStream in =
        new GZIPInputStream(Vectors.class.getResourceAsStream("/modelkit/" + name + ".gz"))) {
      Files.copy(in, file);
    }
    return file;
  }

  /** The reference's probabilities. */
  static float[][] expected(String file, String network, int size) throws IOException {
    try (InputStream in = Vectors.class.getResourceAsStream("/modelkit/" + file)) {
      JsonNode node = new JsonMapper().readTree(in).path(network).path(String.valueOf(size));
      return new JsonMapper().treeToValue(node, float[][].class);
    }
  }

  /** The same pictures as {@code model/reference_pictures.py}. */
  static ByteBuffer pictures(int size) {
    ByteBuffer pixels = ByteBuffer.allocateDirect(PICTURES * size * size * 3);
    for (int index = 0; index < PICTURES; index++) {
      for (int y = 0; y < size; y++) {
        for (int x = 0; x < size; x++) {
          for (int channel = 0; channel < 3; channel++) {
            int value = x * (3 + index) + y * (5 + 2 * index) + 40 * channel + x * y / (7 + index);
            pixels.put((byte) (value % 256));
          }
        }
      }
    }
    return pixels.flip();
  }

  /** What ONNX Runtime computes for the test pictures. */
  static float[][] probabilities(Path model) {
    try (OnnxLabelModel opened = new OnnxLabelModel(model, SessionSettings.onCpu(PICTURES))) {
      int classes = opened.metadata().classes();
      FloatBuffer out = OnnxLabelModel.newProbabilities(PICTURES, classes);
      opened.label(pictures(opened.metadata().height()), PICTURES, out);
      float[][] rows = new float[PICTURES][classes];
      for (int row = 0; row < PICTURES; row++) {
        out.get(row * classes, rows[row]);
      }
      return rows;
    }
  }

  static double largestDifference(float[][] a, float[][] b) {
    double largest = 0;
    for (int row = 0; row < a.length; row++) {
      for (int index = 0; index < a[row].length; index++) {
        largest = Math.max(largest, Math.abs(a[row][index] - b[row][index]));
      }
    }
    return largest;
  }

  static List<Integer> best(float[][] rows) {
    List<Integer> best = new ArrayList<>();
    for (float[] row : rows) {
      int top = 0;
      for (int index = 1; index < row.length; index++) {
        top = row[index] > row[top] ? index : top;
      }
      best.add(top);
    }
    return best;
  }

  static PackageMetadata metadata() {
    return metadata(CLASSES);
  }

  static PackageMetadata metadata(int classes) {
    List<String> labels = IntStream.range(0, classes).mapToObj(index -> "class " + index).toList();
    return new PackageMetadata("test", "1", labels, "stretch");
  }

  static Path save(ModelFile model, Path folder) {
    Path file = folder.resolve("model.onnx");
    model.save(file, written -> {});
    return file;
  }
}
