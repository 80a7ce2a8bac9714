package dev.framelabel.tools.modelkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.framelabel.model.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Imported weights give what Keras and PyTorch themselves compute. */
final class ImportTest {
  private static final double TOLERANCE = 1e-4;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "keras-eighth.h5,        keras-eighth, 79",
    "keras-eighth.h5,        keras-eighth, 71",
    "keras-tiny.h5,          keras-tiny,   79",
    "keras-tiny.h5,          keras-tiny,   71",
    "keras-tiny.weights.h5,  keras-tiny,   79",
    "keras-tiny-2017.h5,     keras-tiny,   79",
  })
  void fromKeras_anyLayout_computesWhatKerasDoes(String file, String network, int size)
      throws IOException {
    Xception imported = Xception.fromKeras(Vectors.unpack(file, folder));
    check(imported, Vectors.expected("keras-expected.json", network, size), size);
  }

  @Test
  void fromKeras_kerasFile_isTheWeightsInIt() throws IOException {
    Path file = zip("model.weights.h5", Vectors.unpack("keras-tiny.weights.h5", folder));
    Xception imported = Xception.fromKeras(file);
    check(imported, Vectors.expected("keras-expected.json", "keras-tiny", 79), 79);
  }

  @Test
  void fromKeras_zipWithoutWeightsOrCut_isRefused() throws IOException {
    Path weights = Vectors.unpack("keras-tiny.weights.h5", folder);
    Path other = zip("config.json", weights);
    assertThatThrownBy(() -> Xception.fromKeras(other))
        .isInstanceOf(ModelException.class)
        .hasMessageContainingAll("my.keras", "without model.weights.h5");
    byte[] whole = Files.readAllBytes(zip("model.weights.h5", weights));
    Path cut = Files.write(folder.resolve("cut.keras"), Arrays.copyOf(whole, whole.length / 2));
    assertThatThrownBy(() -> Xception.fromKeras(cut))
        .isInstanceOf(ModelException.class)
        .hasMessageContainingAll("cut.keras", "cut or damaged");
  }

  private Path zip(String entry, Path content) throws IOException {
    Path file = folder.resolve("my.keras");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
      out.putNextEntry(new ZipEntry("metadata.json"));
      out.putNextEntry(new ZipEntry(entry));
      Files.copy(content, out);
    }
    return file;
  }

  @ParameterizedTest
  @CsvSource({
    "keras2-tiny.h5,         79",
    "keras2-tiny.h5,         71",
    "keras2-tiny.weights.h5, 79",
    "keras2-tiny-only.h5,    79",
  })
  void fromKeras_filesOfKeras2_computeWhatKerasDoes(String file, int size) throws IOException {
    Xception imported = Xception.fromKeras(Vectors.unpack(file, folder));
    check(imported, Vectors.expected("keras2-expected.json", "keras2-tiny", size), size);
  }

  @ParameterizedTest
  @CsvSource({
    "torch-tutorial, 79",
    "torch-tutorial, 71",
    "torch-timm, 79",
    "torch-timm, 71",
    "torch-dense, 79",
    "torch-keras-padding, 79",
  })
  void fromTorch_anyLayout_computesWhatPyTorchDoes(String network, int size) throws IOException {
    Xception imported = Xception.fromTorch(Vectors.unpack(network + ".safetensors", folder));
    check(imported, Vectors.expected("torch-expected.json", network, size), size);
  }

  /** pretrainedmodels' network is timm's, but for the name of its last layer. */
  @Test
  void fromTorch_namesOfPretrainedmodels_computesTheSame() throws IOException {
    Safetensors timm = Safetensors.read(Vectors.unpack("torch-timm.safetensors", folder));
    Map<String, Tensor> renamed = new HashMap<>();
    timm.tensors()
        .forEach(
            (name, tensor) -> renamed.put(name.replaceFirst("^fc\\.", "last_linear."), tensor));
    assertThat(renamed).containsKey("last_linear.weight").doesNotContainKey("fc.weight");
    Path file = folder.resolve("pretrainedmodels.safetensors");
    Files.write(file, new Safetensors(timm.metadata(), renamed).toBytes());
    check(Xception.fromTorch(file), Vectors.expected("torch-expected.json", "torch-timm", 79), 79);
  }

  private void check(Xception imported, float[][] expected, int size) {
    Path model = Vectors.save(imported.toModel(size, Vectors.metadata()), folder);
    float[][] found = Vectors.probabilities(model);
    assertThat(Vectors.largestDifference(found, expected)).isLessThan(TOLERANCE);
    assertThat(Vectors.best(found)).isEqualTo(Vectors.best(expected));
  }

  /** At 79 pixels one pooling sees an even side: TensorFlow pads it only at the end. */
  @Test
  void fromKeras_paddedLikePyTorch_isFarOff() throws IOException {
    Weights keras = KerasModel.read(Vectors.unpack("keras-eighth.h5", folder)).weights();
    XceptionArchitecture torch =
        new XceptionArchitecture(Flavour.TORCH, 0.125, List.of(), Vectors.CLASSES);
    Weights symmetric = new Weights(torch, withEpsilonOf(keras));
    ModelFile model =
        new ModelFile(XceptionGraph.write(symmetric, Ends.IMAGENET, 79, Vectors.metadata()));
    float[][] found = Vectors.probabilities(Vectors.save(model, folder));
    float[][] expected = Vectors.expected("keras-expected.json", "keras-eighth", 79);
    assertThat(Vectors.largestDifference(found, expected)).isGreaterThan(100 * TOLERANCE);
  }

  /** Moves the difference of the epsilons into the variances, so that only the padding differs. */
  private static Map<String, Tensor> withEpsilonOf(Weights keras) {
    Map<String, Tensor> tensors = new HashMap<>(keras.tensors());
    tensors.replaceAll(
        (name, tensor) -> {
          if (!name.endsWith(".variance")) {
            return tensor;
          }
          float[] values = tensor.values().clone();
          for (int i = 0; i < values.length; i++) {
            values[i] += (float) (Flavour.KERAS.epsilon() - Flavour.TORCH.epsilon());
          }
          return new Tensor(tensor.shape(), values);
        });
    return tensors;
  }

  @ParameterizedTest
  @ValueSource(strings = {"keras-tiny-notop.weights.h5", "keras2-tiny-notop.h5"})
  void fromKeras_notop_hasNoModelButAStateDict(String file) throws IOException {
    Xception base = Xception.fromKeras(Vectors.unpack(file, folder));
    assertThat(base.classes()).isZero();
    assertThatThrownBy(() -> base.toModel(79, Vectors.metadata()))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("notop");
    base.saveStateDict(folder.resolve("base.safetensors"));
    Xception again = Xception.fromTorch(folder.resolve("base.safetensors"));
    assertThat(again.trainableParameters()).isEqualTo(base.trainableParameters());
  }

  @Test
  void saveStateDict_readAgain_isTheSameFunction() throws IOException {
    Xception imported = Xception.fromKeras(Vectors.unpack("keras-tiny.h5", folder));
    imported.saveStateDict(folder.resolve("again.safetensors"));
    Xception again = Xception.fromTorch(folder.resolve("again.safetensors"));
    assertThat(again.toModel(79, Vectors.metadata()).proto())
        .isEqualTo(imported.toModel(79, Vectors.metadata()).proto());
  }
}
