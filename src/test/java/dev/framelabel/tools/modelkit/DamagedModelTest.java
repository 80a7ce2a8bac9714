package dev.framelabel.tools.modelkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.framelabel.model.ModelException;
import dev.framelabel.model.OnnxLabelModel;
import dev.framelabel.model.SessionSettings;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a model file holds, it is read, or refused in our words. */
class DamagedModelTest {
  private static final int MUTATIONS = 2_000;

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anyMutation_isReadOrRefusedInWords(boolean ours) throws Exception {
    Path whole = folder.resolve("whole.onnx");
    if (ours) {
      PackageMetadata metadata = new PackageMetadata("m", "1", List.of("a", "b"), "crop");
      Xception.random(2, 0.01, 1).toModel(71, metadata).save(whole, written -> {});
    } else {
      TinyClassifier.save(whole, false);
    }
    byte[] bytes = Files.readAllBytes(whole);
    Path file = folder.resolve("damaged.onnx");
    int refused = 0;
    for (int seed = 0; seed < MUTATIONS; seed++) {
      Files.write(file, mutated(bytes, new Random(seed)));
      refused += refused(file, seed) ? 1 : 0;
    }
    assertThat(refused).isBetween(1, MUTATIONS - 1);
  }

  /** Returns whether the file cannot be inspected. */
  private static boolean refused(Path file, int seed) {
    boolean ignored = refused(() -> open(file), seed);
    return refused(() -> inspect(file), seed);
  }

  private static boolean refused(Runnable reading, int seed) {
    try {
      reading.run();
      return false;
    } catch (ModelException e) {
      assertThat(e.getMessage()).isNotBlank();
      return true;
    } catch (Throwable e) {
      throw new AssertionError("seed " + seed, e);
    }
  }

  private static void inspect(Path file) {
    assertThat(ModelFile.open(file).facts().inputs()).isNotNull();
  }

  private static void open(Path file) {
    new OnnxLabelModel(file, SessionSettings.onCpu(1)).close();
  }

  /** Some bytes changed, a run of them made the largest number, or the end cut off. */
  private static byte[] mutated(byte[] whole, Random random) {
    byte[] bytes = whole.clone();
    for (int i = random.nextInt(4); i >= 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    int at = random.nextInt(bytes.length);
    switch (random.nextInt(4)) {
      case 0 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 4), (byte) 0xFF);
      case 1 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 2), (byte) 0);
      case 2 -> bytes = Arrays.copyOf(bytes, at);
      default -> bytes[at] ^= (byte) (1 << random.nextInt(8));
    }
    return bytes;
  }

  @Test
  void lengthBeyondAnyFile_isRefused() throws Exception {
    byte[] graph = {0x3A, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 1};
    Path file = Files.write(folder.resolve("length.onnx"), graph);
    assertThatThrownBy(() -> open(file))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("is cut or no ONNX file");
  }

  @Test
  void graphsInGraphs_beyondTheStack_areRefused() throws Exception {
    byte[] inner = new byte[0];
    for (int depth = 0; depth < 6_000; depth++) {
      // A graph with a node (1) with an attribute (5) that holds a graph (6).
      inner = field(1, field(5, field(6, inner)));
    }
    Path file = Files.write(folder.resolve("deep.onnx"), field(7, inner));
    assertThatThrownBy(() -> open(file)).isInstanceOf(ModelException.class);
    assertThatThrownBy(() -> inspect(file)).isInstanceOf(ModelException.class);
  }

  private static byte[] field(int number, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write((number << 3) | 2);
    int length = content.length;
    for (; length > 0x7F; length >>>= 7) {
      out.write((length & 0x7F) | 0x80);
    }
    out.write(length);
    out.writeBytes(content);
    return out.toByteArray();
  }

  @Test
  void kernelWithoutNumbers_isCountedOrRefused() throws Exception {
    PackageMetadata metadata = new PackageMetadata("m", "1", List.of("a", "b"), "crop");
    ModelProto.Builder model =
        Xception.random(2, 0.01, 1).toModel(71, metadata).proto().toBuilder();
    model.getGraphBuilder().getInitializerBuilderList().forEach(tensor -> tensor.setDims(0, 0));
    Path file = folder.resolve("zero.onnx");
    new ModelFile(model.build()).save(file, written -> {});
    assertThat(refused(file, 0)).isTrue();
  }
}
