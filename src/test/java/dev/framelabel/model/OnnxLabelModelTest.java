package dev.framelabel.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtProvider;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OnnxLabelModelTest {
  @TempDir private Path folder;

  @Test
  void card_demoModel_saysWhatTheFileSays() {
    try (OnnxLabelModel model = new OnnxLabelModel(TestModels.demo(), SessionSettings.onCpu(2))) {
      assertThat(model.metadata().name()).isEqualTo("demo-xception");
      assertThat(model.metadata().labels()).hasSize(10).contains("sneaker", "ankle boot");
      assertThat(model.metadata().width()).isEqualTo(71);
      assertThat(model.metadata().resize()).isEqualTo("crop");
      assertThat(model.metadata().sha256()).hasSize(64);
      assertThat(model.device()).isEqualTo(Device.CPU);
    }
  }

  @Test
  void label_batch_eachRowIsItsOwnFrame() {
    try (OnnxLabelModel model = new OnnxLabelModel(TestModels.colour(), SessionSettings.onCpu(4))) {
      ByteBuffer frames = ByteBuffer.allocateDirect(4 * model.metadata().frameBytes());
      fill(frames, 0, 2);
      fill(frames, 1, 0);
      fill(frames, 2, 1);
      FloatBuffer probabilities = OnnxLabelModel.newProbabilities(4, 3);
      model.label(frames, 3, probabilities);
      assertThat(best(probabilities, 0)).isEqualTo(2);
      assertThat(best(probabilities, 1)).isZero();
      assertThat(best(probabilities, 2)).isEqualTo(1);
      assertThat(probabilities.get(0) + probabilities.get(1) + probabilities.get(2))
          .isCloseTo(1, within(1e-5f));
      assertThat(probabilities.get(9)).as("rows beyond the count stay as they were").isZero();
    }
  }

  @Test
  void openTensors_afterEachBatch_areNone() {
    try (OnnxLabelModel model = new OnnxLabelModel(TestModels.colour(), SessionSettings.onCpu(4))) {
      ByteBuffer frames = ByteBuffer.allocateDirect(4 * model.metadata().frameBytes());
      FloatBuffer probabilities = OnnxLabelModel.newProbabilities(4, 3);
      for (int count = 1; count <= 4; count++) {
        model.label(frames, count, probabilities);
        assertThat(model.openTensors()).isZero();
      }
    }
  }

  @Test
  void openTensors_ofTensors_countsThoseNotClosed() throws Exception {
    Tensors tensors = new Tensors(OrtEnvironment.getEnvironment());
    try (Tensors.Tensor one = tensors.over(ByteBuffer.allocateDirect(6), 2, 3);
        Tensors.Tensor two = tensors.over(OnnxLabelModel.newProbabilities(1, 3), 1, 3)) {
      assertThat(one.value().getInfo().getShape()).containsExactly(2, 3);
      assertThat(two.value().getInfo().getShape()).containsExactly(1, 3);
      assertThat(tensors.open()).isEqualTo(2);
    }
    assertThat(tensors.open()).isZero();
  }

  private static void fill(ByteBuffer frames, int row, int channel) {
    int bytes = frames.capacity() / 4;
    for (int at = channel; at < bytes; at += 3) {
      frames.put(row * bytes + at, (byte) 200);
    }
  }

  private static int best(FloatBuffer probabilities, int row) {
    int best = 0;
    for (int index = 1; index < 3; index++) {
      best = probabilities.get(3 * row + index) > probabilities.get(3 * row + best) ? index : best;
    }
    return best;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "other-input|inputs or outputs are [pixels]; expected one, named frames",
        "two-inputs|expected one, named frames",
        "float-input|frames is of type FLOAT; expected uint8",
        "fixed-batch|shape [1, 8, 8, 3]; expected [-1, height, width, 3]",
        "channels-first|shape [-1, 3, 8, 8]; expected [-1, height, width, 3]",
        "four-labels|has 3 classes; expected 4",
        "no-name|expected framelabel.name",
        "labels-no-json|framelabel.labels is no JSON array",
        "external-data|keeps weights in other files (external data); expected one file",
        "unknown-resize|is 'squeeze'; expected one of stretch, crop, letterbox"
      })
  void open_modelThatBreaksTheContract_isRefusedWithFoundAndExpected(String name, String message) {
    assertThatThrownBy(() -> new OnnxLabelModel(TestModels.named(name), SessionSettings.onCpu(1)))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(message);
  }

  @Test
  void open_missingFile_namesIt() {
    Path missing = folder.resolve("missing.onnx");
    assertThatThrownBy(() -> new OnnxLabelModel(missing, SessionSettings.onCpu(1)))
        .isInstanceOf(ModelException.class)
        .hasMessage("model file " + missing + " is not there");
  }

  @Test
  void open_truncatedFile_isRefused() throws Exception {
    byte[] whole = Files.readAllBytes(TestModels.demo());
    Path cut = folder.resolve("cut.onnx");
    Files.write(cut, Arrays.copyOf(whole, whole.length / 2));
    assertThatThrownBy(() -> new OnnxLabelModel(cut, SessionSettings.onCpu(1)))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(cut + " is cut or no ONNX file");
  }

  @Test
  void open_otherSha256_saysBoth() {
    SessionSettings settings = new SessionSettings("cpu", 0, false, 1, "0".repeat(64));
    assertThatThrownBy(() -> new OnnxLabelModel(TestModels.colour(), settings))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("has sha256")
        .hasMessageContaining("expected " + "0".repeat(64));
  }

  @ParameterizedTest
  @CsvSource({"cuda:7", "tensorrt:7"})
  void open_deviceThatIsNotThere_failsAndDoesNotFallBack(String device) {
    SessionSettings settings = new SessionSettings(device, 0, false, 1, "");
    assertThatThrownBy(() -> new OnnxLabelModel(TestModels.colour(), settings))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(device);
  }

  @Test
  void open_tensorRtWithoutItsProvider_saysWhatIsThereAndWhatToDo() {
    Assumptions.assumeFalse(
        OrtEnvironment.getAvailableProviders().contains(OrtProvider.TENSOR_RT), "a GPU build");
    SessionSettings settings = new SessionSettings("tensorrt:0", 0, false, 1, "");
    assertThatThrownBy(() -> new OnnxLabelModel(TestModels.colour(), settings))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("this build of ONNX Runtime knows only [")
        .hasMessageContaining("build with -Pgpu");
  }

  @Test
  void open_autoWithoutGpu_takesTheCpu() {
    SessionSettings settings = new SessionSettings("auto", 0, false, 1, "");
    try (OnnxLabelModel model = new OnnxLabelModel(TestModels.colour(), settings)) {
      assertThat(model.device().kind()).isIn(Device.Kind.CPU, Device.Kind.CUDA);
    }
  }

  @Test
  void label_afterClose_throws() {
    OnnxLabelModel model = new OnnxLabelModel(TestModels.colour(), SessionSettings.onCpu(1));
    model.close();
    model.close();
    ByteBuffer frames = ByteBuffer.allocateDirect(model.metadata().frameBytes());
    FloatBuffer probabilities = OnnxLabelModel.newProbabilities(1, 3);
    assertThatThrownBy(() -> model.label(frames, 1, probabilities))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the model is closed");
  }
}
