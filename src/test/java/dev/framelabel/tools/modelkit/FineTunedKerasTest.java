package dev.framelabel.tools.modelkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.framelabel.model.LabelModel;
import dev.framelabel.model.LabelTask;
import dev.framelabel.model.ModelException;
import dev.framelabel.model.SessionSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.function.UnaryOperator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Xception as one layer among others computes what Keras did: the files and figures are those of
 * {@code model/keras_fine_tuned.py}.
 */
final class FineTunedKerasTest {
  private static final double TOLERANCE = 1e-4;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "keras-tuned-nested,      keras, CLASSIFY,    10",
    "keras-tuned-nested,      h5,    CLASSIFY,    10",
    "keras-tuned-sequential,  keras, MULTI_LABEL, 5",
    "keras-tuned-sequential,  h5,    MULTI_LABEL, 5",
    "keras2-tuned-nested,     keras, CLASSIFY,    10",
    "keras2-tuned-nested,     h5,    CLASSIFY,    10",
    "keras2-tuned-sequential, h5,    MULTI_LABEL, 5",
  })
  void fromKeras_wholeModel_computesWhatKerasDoes(
      String network, String ending, LabelTask task, int classes) throws IOException {
    Xception imported = Xception.fromKeras(Vectors.unpack(network + "." + ending, folder));
    assertThat(imported.size()).isEqualTo(79);
    Path model = Vectors.save(imported.toModel(imported.size(), Vectors.metadata(classes)), folder);
    String prefix = network.substring(0, network.indexOf('-'));
    float[][] expected = Vectors.expected(prefix + "-tuned-expected.json", network, 79);
    check(model, expected);
    try (LabelModel opened = LabelModel.open(model, SessionSettings.onCpu(1))) {
      assertThat(opened.metadata().task()).isEqualTo(task);
    }
  }

  private static void check(Path model, float[][] expected) {
    float[][] found = Vectors.probabilities(model);
    assertThat(Vectors.largestDifference(found, expected)).isLessThan(TOLERANCE);
    assertThat(Vectors.best(found)).isEqualTo(Vectors.best(expected));
  }

  /** The head is on the base's own tensors, and ends with logits. */
  @Test
  void fromKeras_flatModelWithLogits_computesTheirSoftmax() throws IOException {
    Xception imported = Xception.fromKeras(Vectors.unpack("keras-tuned-flat.keras", folder));
    assertThat(String.join("\n", imported.notes()))
        .contains("-1 to 1 is assumed", "softmax (assumed: the last layer has no activation)");
    float[][] expected = Vectors.expected("keras-tuned-expected.json", "keras-tuned-flat", 79);
    for (float[] row : expected) {
      double sum = 0;
      for (float logit : row) {
        sum += Math.exp(logit);
      }
      for (int i = 0; i < row.length; i++) {
        row[i] = (float) (Math.exp(row[i]) / sum);
      }
    }
    check(Vectors.save(imported.toModel(79, Vectors.metadata()), folder), expected);
  }

  /** Keras' own Xception at full size: 80 MB, which the script writes. */
  @Test
  void fromKeras_fullSize_computesWhatKerasDoes() throws IOException {
    String file = System.getProperty("framelabel.keras", "");
    Assumptions.assumeFalse(file.isEmpty(), "NOT RUN: -Dframelabel.keras=FILE is not given");
    Xception imported = Xception.fromKeras(Path.of(file));
    float[][] expected =
        new JsonMapper().readValue(Path.of(file + ".json").toFile(), float[][].class);
    Path model =
        Vectors.save(
            imported.toModel(imported.size(), Vectors.metadata(expected[0].length)), folder);
    check(model, expected);
  }

  @Test
  void notes_nestedModel_nameWhatWasRead() throws IOException {
    Xception imported = Xception.fromKeras(Vectors.unpack("keras-tuned-nested.keras", folder));
    assertThat(String.join("\n", imported.notes()))
        .contains(
            "(RandomFlip)", "pixels: 0 to 255 become -1.0 to 1.0", "(Dense)", "output: softmax");
  }

  @Test
  void saveStateDict_headThatTheScriptDoesNotKnow_isRefused() throws IOException {
    Xception nested = Xception.fromKeras(Vectors.unpack("keras-tuned-nested.keras", folder));
    assertThatThrownBy(() -> nested.saveStateDict(folder.resolve("base.safetensors")))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("at most two dense layers");
    assertThat(folder.resolve("base.safetensors")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "RandomFlip | Lambda | random_flip (Lambda)",
        "RandomRotation | RandomCrop | random_rotation (RandomCrop)",
        "TrueDivide | Sqrt | true_divide (Sqrt)",
        "127.5] | \"x\"] | true_divide (TrueDivide)",
        "GlobalAveragePooling2D | GlobalMaxPooling2D | (GlobalMaxPooling2D)",
        "\"activation\": \"softmax\" | \"activation\": \"gelu\" | (Dense) with gelu",
        "\"activation\": \"softmax\" | \"activation\": \"relu\" | (Dense) as the last layer",
        "block1_conv1\" | first\" | so it is no Xception",
        "block14_sepconv2_act\" | last\" | (Add) joins [block13_pool",
      })
  void fromKeras_layersWithoutCounterpart_areNamed(String from, String to, String message)
      throws IOException {
    refused(changed("keras-tuned-nested.keras", config -> config.replace(from, to)), message);
  }

  @Test
  void fromKeras_severalWithoutCounterpart_areNamedTogether() throws IOException {
    Path file =
        changed(
            "keras-tuned-nested.keras",
            config -> config.replace("RandomFlip", "Lambda").replace("\"Dropout\"", "\"Odd\""));
    refused(file, "random_flip (Lambda), dropout (Odd)");
  }

  @Test
  void fromKeras_configDamaged_isRefused() throws IOException {
    refused(changed("keras-tuned-nested.keras", config -> "{"), "damaged");
    refused(changed("keras-tuned-nested.keras", config -> "{}"), "expected layers, and one output");
    refused(changed("keras-tuned-nested.keras", config -> "[1]"), "expected layers");
  }

  private static void refused(Path file, String message) {
    assertThatThrownBy(() -> Xception.fromKeras(file))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(message);
  }

  /** Returns the file with another description of the model. */
  private Path changed(String name, UnaryOperator<String> change) throws IOException {
    Path changed = folder.resolve("changed.keras");
    Files.deleteIfExists(folder.resolve(name));
    try (ZipFile in = new ZipFile(Vectors.unpack(name, folder).toFile());
        ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(changed))) {
      for (Enumeration<? extends ZipEntry> all = in.entries(); all.hasMoreElements(); ) {
        ZipEntry entry = all.nextElement();
        byte[] bytes = in.getInputStream(entry).readAllBytes();
        if (entry.getName().equals("config.json")) {
          String text = new String(bytes, StandardCharsets.UTF_8);
          assertThat(change.apply(text)).isNotEqualTo(text);
          bytes = change.apply(text).getBytes(StandardCharsets.UTF_8);
        }
        out.putNextEntry(new ZipEntry(entry.getName()));
        out.write(bytes);
      }
    }
    return changed;
  }
}
