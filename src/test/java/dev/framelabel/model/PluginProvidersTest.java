package dev.framelabel.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Plug-in execution providers. What needs a real one runs where {@code FRAMELABEL_RUNTIME} names a
 * folder with OpenVINO's.
 */
class PluginProvidersTest {
  private static final int BATCH = 5;

  @TempDir private Path folder;

  @Test
  void open_libraryThatIsNotThere_saysWhereItWasLookedForAndTheCure() {
    Assumptions.assumeTrue(
        System.getenv("FRAMELABEL_RUNTIME") == null, "FRAMELABEL_RUNTIME names where it is");
    assertThatThrownBy(() -> open("openvino:npu", Precision.F32, path(folder)))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("execution provider openvino is not installed on this machine")
        .hasMessageContaining(folder.toString())
        .hasMessageContaining("framelabel runtime install openvino");
  }

  @Test
  void open_fileThatIsNoLibrary_saysWhatIsExpected() throws IOException {
    Path file = Files.writeString(folder.resolve("libacme.so"), "no library");
    PluginSettings acme = new PluginSettings(Map.of("acme", file.toString()), "", Map.of(), 1);
    assertThatThrownBy(() -> open("acme", Precision.F32, acme))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("execution provider acme: " + file + " does not load: ")
        .hasMessageContaining("expected a plug-in library for ONNX Runtime");
  }

  /** The C library loads, but it is no plug-in. */
  @Test
  void open_libraryThatIsNoPlugin_saysWhatIsExpected() throws IOException {
    Path library = Path.of("/lib/x86_64-linux-gnu/libm.so.6");
    Assumptions.assumeTrue(Files.exists(library), "needs " + library);
    PluginSettings acme = new PluginSettings(Map.of("acme", library.toString()), "", Map.of(), 1);
    assertThatThrownBy(() -> open("acme", Precision.F32, acme))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("expected a plug-in library for ONNX Runtime");
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void label_openVino_labelsAsTheCpu(Precision precision) {
    needsOpenVino();
    double tolerance = precision == Precision.F32 ? 1e-4 : 0.02;
    try (LabelModel model = open("openvino:cpu", precision, PluginSettings.DEFAULT);
        LabelModel cpu = LabelModel.open(TestModels.demo(), SessionSettings.onCpu(BATCH))) {
      assertThat(model.device()).hasToString("openvino:cpu");
      for (int count : new int[] {1, BATCH, 3, BATCH}) {
        float[] found = probabilities(model, count);
        float[] expected = probabilities(cpu, count);
        for (int i = 0; i < found.length; i++) {
          assertThat((double) found[i])
              .isCloseTo(expected[i], org.assertj.core.api.Assertions.within(tolerance));
        }
      }
    }
  }

  @Test
  void open_openVinoAgain_loadsItsLibraryOnce() throws IOException {
    needsOpenVino();
    for (int i = 0; i < 5; i++) {
      open("openvino", Precision.F32, PluginSettings.DEFAULT).close();
    }
    try (var maps = Files.lines(Path.of("/proc/self/maps"))) {
      long mapped =
          maps.filter(line -> line.endsWith("libonnxruntime_providers_openvino_plugin.so"))
              .filter(line -> line.contains("r-xp"))
              .count();
      assertThat(mapped).isEqualTo(1);
    }
  }

  @Test
  void open_hardwareThatIsNotThere_saysWhatIs() {
    needsOpenVino();
    Assumptions.assumeFalse(Files.exists(Path.of("/dev/accel")), "this machine has an NPU");
    assertThatThrownBy(() -> open("openvino:npu", Precision.F32, PluginSettings.DEFAULT))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("has no device openvino:npu on this machine; it has: cpu");
  }

  @Test
  void open_optionThatFramelabelSets_isRefused() {
    needsOpenVino();
    PluginSettings own = new PluginSettings(Map.of(), "", Map.of("load_config", "x.json"), 1);
    assertThatThrownBy(() -> open("openvino", Precision.F32, own))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("--provider-option has load_config");
  }

  private static void needsOpenVino() {
    Assumptions.assumeTrue(
        System.getenv("FRAMELABEL_RUNTIME") != null,
        "needs OpenVINO's plug-in: FRAMELABEL_RUNTIME names no folder");
  }

  private static PluginSettings path(Path folder) {
    return new PluginSettings(Map.of(), folder.toString(), Map.of(), 1);
  }

  private static LabelModel open(String device, Precision precision, PluginSettings plugin) {
    return LabelModel.open(
        TestModels.demo(),
        new SessionSettings(
            device,
            0,
            false,
            BATCH,
            "",
            precision,
            CudaSettings.DEFAULT,
            TensorRtSettings.DEFAULT,
            plugin));
  }

  private static float[] probabilities(LabelModel model, int count) {
    byte[] noise = new byte[BATCH * model.metadata().frameBytes()];
    new Random(7).nextBytes(noise);
    ByteBuffer frames = ByteBuffer.allocateDirect(noise.length).put(0, noise);
    FloatBuffer output = OnnxLabelModel.newProbabilities(BATCH, model.metadata().classes());
    model.label(frames, count, output);
    float[] probabilities = new float[count * model.metadata().classes()];
    output.get(0, probabilities);
    return probabilities;
  }
}
