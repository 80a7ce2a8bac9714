package dev.framelabel.tools.modelkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.framelabel.model.LabelModel;
import dev.framelabel.model.LabelTask;
import dev.framelabel.model.ModelException;
import dev.framelabel.model.SessionSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
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

  /** A change of Xception that leaves the names and shapes of all weights as they are. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "block5_sepconv2_act | activation | \"gelu\" | found layer block5_sepconv2_act (Activation) with activation \"gelu\"; expected \"relu\"",
        "block7_sepconv1 | activation | \"relu\" | block7_sepconv1 (SeparableConv2D) with activation \"relu\"; expected \"linear\"",
        "block1_conv1 | strides | [1, 1] | block1_conv1 (Conv2D) with strides [1,1]; expected [2,2]",
        "block1_conv2 | padding | \"same\" | block1_conv2 (Conv2D) with padding \"same\"; expected \"valid\"",
        "block9_sepconv3 | dilation_rate | [2, 2] | block9_sepconv3 (SeparableConv2D) with dilation_rate [2,2]; expected [1,1]",
        "block9_sepconv3_bn | epsilon | 1e-05 | block9_sepconv3_bn (BatchNormalization) with epsilon 1.0E-5; expected 0.001",
        "batch_normalization_2 | epsilon | 1e-05 | batch_normalization_2 (BatchNormalization) with epsilon 1.0E-5",
        "block2_sepconv1_bn | axis | 1 | with axis 1; expected -1 or 3 or [3]",
        "block4_pool | pool_size | [2, 2] | block4_pool (MaxPooling2D) with pool_size [2,2]; expected [3,3]",
        "block13_pool | padding | \"valid\" | block13_pool (MaxPooling2D) with padding \"valid\"; expected \"same\"",
      })
  void fromKeras_otherSettingsWithinXception_areNamed(
      String layer, String setting, String value, String message) throws IOException {
    for (String file : List.of("keras-tuned-nested", "keras2-tuned-nested")) {
      String pattern = "(\"name\": \"%s\", \"trainable\".*?\"%s\": )(\\[.*?]|[^,}]*)";
      refused(
          changed(
              file + ".keras",
              config -> config.replaceFirst(pattern.formatted(layer, setting), "$1" + value)),
          message);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "block5_sepconv2_act | Dropout | found layer block5_sepconv2_act (Dropout); expected Activation",
        "block3_pool | AveragePooling2D | block3_pool (AveragePooling2D); expected block3_pool (MaxPooling2D)",
        "add_3 | Multiply | add_3 (Multiply)",
        "block6_sepconv1 | Conv2D | block6_sepconv1 (Conv2D); expected block6_sepconv1 (SeparableConv2D)",
      })
  void fromKeras_otherClassWithinXception_isNamed(String layer, String kind, String message)
      throws IOException {
    String pattern = "\"class_name\": \"\\w+\", (\"config\": \\{\"name\": \"%s\")";
    refused(
        changed(
            "keras-tuned-nested.keras",
            config ->
                config.replaceFirst(
                    pattern.formatted(layer), "\"class_name\": \"" + kind + "\", $1")),
        message);
  }

  /** Each layer has the class and settings of one of Xception's, but is one too many. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "block8_sepconv2_bn | {\"activation\": \"relu\"} | Activation | found layer more (Activation); expected block8_sepconv2 (Sep",
        "block1_conv2 | {\"rate\": 2} | UpSampling2D | found layer more (UpSampling2D); expected Activation",
        "block14_sepconv2_act | {} | GaussianNoise | found layer more (GaussianNoise); expected block14_sepconv2_bn",
      })
  void fromKeras_moreLayersWithinXception_areNamed(
      String behind, String config, String kind, String message) throws IOException {
    refused(inserted(behind, config, kind, true), message);
    refused(inserted(behind, config, kind, false), "found layer more (" + kind + "); expected no");
  }

  @Test
  void fromKeras_shortcutFromAnotherLayer_isNamed() throws IOException {
    refused(
        changed(
            "keras2-tuned-nested.keras",
            config ->
                config.replace(
                    "\"block6_sepconv3_bn\", 0, 0, {}], [\"add_3\"",
                    "\"block6_sepconv3_bn\", 0, 0, {}], [\"add_2\"")),
        "found layer add_4 (Add) over branches from add_3 (Add) and add_2 (Add)");
  }

  @Test
  void fromKeras_settingMissing_isNamed() throws IOException {
    refused(
        changed(
            "keras-tuned-nested.keras", config -> config.replace("\"pool_size\": [3, 3], ", "")),
        "(MaxPooling2D) with pool_size missing; expected [3,3]");
  }

  /** Returns a model with one more layer in front of another, which uses it or does not. */
  private Path inserted(String before, String config, String kind, boolean used)
      throws IOException {
    JsonMapper json = new JsonMapper();
    return changed(
        "keras2-tuned-nested.keras",
        text -> {
          try {
            JsonNode model = json.readTree(text);
            for (JsonNode outer : model.path("config").path("layers")) {
              if (outer.path("config").path("layers") instanceof ArrayNode layers) {
                for (int at = 0; at < layers.size(); at++) {
                  if (layers.get(at).path("name").asText().equals(before)) {
                    ObjectNode more = json.createObjectNode().put("name", "more");
                    more.put("class_name", kind).set("config", json.readTree(config));
                    more.set("inbound_nodes", layers.get(at).path("inbound_nodes"));
                    if (used) {
                      ((ObjectNode) layers.get(at))
                          .set("inbound_nodes", json.readTree("[[[\"more\", 0, 0, {}]]]"));
                    }
                    layers.insert(at++, more);
                  }
                }
              }
            }
            return json.writeValueAsString(model);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** A comparison that followed the inputs would overflow the stack. */
  @Test
  void fromKeras_longChain_isFollowed() throws IOException {
    StringBuilder chain = new StringBuilder();
    for (int i = 0; i < 20_000; i++) {
      chain.append(
          "{\"class_name\": \"GaussianNoise\", \"config\": {\"name\": \"n%s\"}}, ".formatted(i));
    }
    Path file =
        changed(
            "keras-tuned-sequential.keras",
            config -> config.replaceFirst("\\{[^{]*\"class_name\": \"Dropout\"", chain + "$0"));
    assertThat(Xception.fromKeras(file).size()).isEqualTo(79);
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
