package dev.framelabel.tools.modelkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.framelabel.model.ModelException;
import dev.framelabel.tools.modelkit.KerasFile.Layer;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights at fault are refused with what was found and what was expected. */
final class BadWeightsTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.001, 0.1, 0.5, 0.9})
  void fromKeras_cutFile_isRefused(double part) throws IOException {
    byte[] whole = Files.readAllBytes(Vectors.unpack("keras-tiny.h5", folder));
    Path file = folder.resolve("cut.h5");
    Files.write(file, Arrays.copyOf(whole, (int) (whole.length * part)));
    refused(() -> Xception.fromKeras(file), "cut.h5", "HDF5");
  }

  @Test
  void fromKeras_otherFiles_areRefused() throws IOException {
    Path text = Files.writeString(folder.resolve("text.h5"), "hello");
    refused(() -> Xception.fromKeras(text), "text.h5", "HDF5");
    refused(() -> Xception.fromKeras(folder.resolve("none.h5")), "none.h5", "not there");
    Path foreign = folder.resolve("foreign.h5");
    try (WritableHdfFile hdf = HdfFile.write(foreign)) {
      hdf.putDataset("temperature", new float[] {1, 2});
    }
    refused(() -> Xception.fromKeras(foreign), "temperature", "layer_names");
  }

  @Test
  void fromKeras_weightsUnpackTooLarge_areRefusedWhateverTheHeaderSays() throws IOException {
    Path file = zip(new byte[100_000]);
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int directory = bytes.getInt(bytes.limit() - 6);
    assertThat(bytes.getInt(directory + 24)).isEqualTo(100_000);
    bytes.putInt(directory + 24, 10);
    Files.write(file, bytes.array());
    refused(() -> KerasFile.read(file, 99_999), "tuned.keras: model.weights.h5", "more than 99999");
  }

  @Test
  void fromKeras_weightsInZipDamaged_namesTheUsersFile() throws IOException {
    Path file = zip(new byte[1000]);
    assertThatThrownBy(() -> Xception.fromKeras(file))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("model.weights.h5 in " + file + " is no readable HDF5 file")
        .hasMessageNotContaining("framelabel-");
  }

  private Path zip(byte[] weights) throws IOException {
    Path file = folder.resolve("tuned.keras");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
      out.putNextEntry(new ZipEntry("model.weights.h5"));
      out.write(weights);
    }
    return file;
  }

  /** Written by h5py: {@code f.create_group("layers/functional")["layers"] = f["layers"]}. */
  @Test
  void fromKeras_linksInCycle_areRefused() throws IOException {
    Path file = Vectors.unpack("keras-cycle.weights.h5", folder);
    refused(() -> Xception.fromKeras(file), "layer functional/functional is linked more than once");
  }

  @Test
  void fromKeras_modelsNestedTooDeep_areRefused() {
    Path file = folder.resolve("deep.weights.h5");
    try (WritableHdfFile hdf = HdfFile.write(file)) {
      WritableGroup model = hdf;
      for (int depth = 0; depth < 20; depth++) {
        model = model.putGroup("layers").putGroup("m");
      }
    }
    refused(() -> Xception.fromKeras(file), "more than 16 deep at m/m/");
  }

  @Test
  void fromKeras_layerMissing_isNamed() throws IOException {
    List<Layer> layers = layers();
    layers.removeIf(layer -> layer.name().equals("block7_sepconv2"));
    refused(() -> KerasWeights.of(layers), "block7_sepconv2 is missing");
    List<Layer> others = layers();
    others.removeIf(layer -> layer.tensors().get(0).shape().equals(List.of(1, 1, 8, 23)));
    refused(() -> KerasWeights.of(others), "block4_shortcut", "[1, 1, 8, 23]");
  }

  @Test
  void fromKeras_misshapen_isNamedWithFoundAndExpected() throws IOException {
    List<Layer> layers = layers();
    layers.replaceAll(
        layer ->
            layer.name().equals("block5_sepconv1")
                ? new Layer(
                    layer.name(),
                    List.of(
                        layer.tensors().get(0),
                        new Tensor(List.of(1, 1, 23, 22), new float[23 * 22])))
                : layer);
    refused(
        () -> KerasWeights.of(layers),
        "block5_sepconv1.pointwise",
        "[22, 23, 1, 1]",
        "[23, 23, 1, 1]");
  }

  @Test
  void fromKeras_notANumber_isNamed() throws IOException {
    List<Layer> layers = layers();
    layers.stream()
        .filter(layer -> layer.name().equals("block9_sepconv3_bn"))
        .forEach(layer -> layer.tensors().get(2).values()[3] = Float.NaN);
    refused(() -> KerasWeights.of(layers), "block9_sepconv3.mean", "NaN");
  }

  @Test
  void fromTorch_uncorrectedTutorialForm_saysWhyItIsNotReproducible() throws IOException {
    Map<String, Tensor> state = new LinkedHashMap<>();
    state()
        .forEach(
            (name, tensor) -> state.put(name.replace("middle_flow.0.", "middle_flow."), tensor));
    state
        .keySet()
        .removeIf(name -> name.contains("shortcut") || name.matches("middle_flow\\.\\d.*"));
    refused(
        () -> TorchWeights.of(new Safetensors(Map.of(), state)),
        "uncorrected tutorial form",
        "never reproducible",
        "8 times");
  }

  @ParameterizedTest
  @CsvSource({
    "middle_flow.3.conv1.4.pointwise.weight, are missing in the state_dict",
    "exit_flow.shortcut.1.running_var, are missing in the state_dict",
  })
  void fromTorch_weightsMissing_areNamed(String name, String message) throws IOException {
    Map<String, Tensor> state = state();
    state.remove(name);
    refused(() -> TorchWeights.of(new Safetensors(Map.of(), state)), name, message);
  }

  @Test
  void fromTorch_foreignOrLeftOver_isRefused() throws IOException {
    Map<String, Tensor> resnet = Map.of("layer1.0.conv1.weight", scalar(), "fc.bias", scalar());
    refused(
        () -> TorchWeights.of(new Safetensors(Map.of(), resnet)),
        "no known Xception",
        "layer1.0.conv1.weight");
    Map<String, Tensor> more = state();
    more.put("attention.weight", scalar());
    refused(() -> TorchWeights.of(new Safetensors(Map.of(), more)), "attention.weight");
  }

  private static Tensor scalar() {
    return new Tensor(List.of(1), new float[1]);
  }

  private List<Layer> layers() throws IOException {
    Path file = folder.resolve("keras-tiny.h5");
    Files.deleteIfExists(file);
    return new ArrayList<>(KerasFile.read(Vectors.unpack("keras-tiny.h5", folder)).layers());
  }

  private Map<String, Tensor> state() throws IOException {
    Path file = folder.resolve("torch-dense.safetensors");
    Files.deleteIfExists(file);
    return new LinkedHashMap<>(
        Safetensors.read(Vectors.unpack("torch-dense.safetensors", folder)).tensors());
  }

  private static void refused(ThrowingCallable call, String... parts) {
    assertThatThrownBy(call).isInstanceOf(ModelException.class).hasMessageContainingAll(parts);
  }
}
