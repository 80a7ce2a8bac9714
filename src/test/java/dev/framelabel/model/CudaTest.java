package dev.framelabel.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import dev.framelabel.image.BadImageException;
import dev.framelabel.image.ImageDecoder;
import dev.framelabel.image.ImageLimits;
import dev.framelabel.image.Resize;
import dev.framelabel.tools.demo.DemoFrames;
import dev.framelabel.tools.modelkit.ModelFile;
import dev.framelabel.tools.modelkit.PackageMetadata;
import dev.framelabel.tools.modelkit.Xception;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only a machine with an NVIDIA GPU and a build for it ({@code -Pgpu}) can show. */
class CudaTest {
  private static final String DEVICE = "cuda:0";
  private static final Path GPU = Path.of("/dev/nvidia0");
  private static final int FRAMES = 200;
  private static final int BATCH = 16;

  /** CUDA multiplies with 10 bits of mantissa (TF32) where the processor has 23. */
  private static final double TF32 = 0.02;

  private static ByteBuffer pixels;

  @TempDir private Path folder;

  /** Before each, as a class that is skipped whole is not listed among the skipped tests. */
  @BeforeEach
  void needsCuda() {
    Assumptions.assumeTrue(
        OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA),
        "needs a build with -Pgpu");
    Assumptions.assumeTrue(Files.exists(GPU), "needs an NVIDIA GPU: there is no " + GPU);
  }

  @BeforeAll
  static void demoFrames() throws BadImageException {
    DemoFrames frames = new DemoFrames();
    ImageDecoder decoder = new ImageDecoder(71, 71, Resize.CROP, ImageLimits.DEFAULT);
    ByteBuffer all = ByteBuffer.allocateDirect(FRAMES * 71 * 71 * 3);
    for (int i = 0; i < FRAMES; i++) {
      decoder.decode(frames.jpeg(i), row(all, i));
    }
    pixels = all;
  }

  private static ByteBuffer row(ByteBuffer all, int index) {
    return all.slice(index * 71 * 71 * 3, 71 * 71 * 3);
  }

  private static OnnxLabelModel open(Path file, int maxBatch) {
    return new OnnxLabelModel(file, SessionSettings.on(DEVICE, maxBatch));
  }

  /** The probabilities of frames {@code from} up to {@code from + count}. */
  private static float[][] label(LabelModel model, int from, int count) {
    int classes = model.metadata().classes();
    ByteBuffer frames = ByteBuffer.allocateDirect(BATCH * model.metadata().frameBytes());
    for (int i = 0; i < count; i++) {
      frames.put(i * model.metadata().frameBytes(), row(pixels, from + i), 0, 71 * 71 * 3);
    }
    FloatBuffer probabilities = OnnxLabelModel.newProbabilities(BATCH, classes);
    model.label(frames, count, probabilities);
    float[][] rows = new float[count][classes];
    for (int i = 0; i < count; i++) {
      FloatBuffer ignored = probabilities.get(i * classes, rows[i]);
    }
    return rows;
  }

  private static float[][] all(LabelModel model) {
    List<float[]> rows = new ArrayList<>();
    for (int from = 0; from < FRAMES; from += BATCH) {
      rows.addAll(List.of(label(model, from, Math.min(BATCH, FRAMES - from))));
    }
    return rows.toArray(float[][]::new);
  }

  private static int best(float[] row) {
    return IntStream.range(0, row.length).reduce((a, b) -> row[b] > row[a] ? b : a).orElseThrow();
  }

  private static void assertNear(float[][] found, float[][] expected, double tolerance) {
    assertThat(found).hasDimensions(expected.length, expected[0].length);
    for (int i = 0; i < found.length; i++) {
      for (int label = 0; label < found[i].length; label++) {
        assertThat(found[i][label])
            .as("frame %d, label %d", i, label)
            .isCloseTo(expected[i][label], within((float) tolerance));
      }
    }
  }

  private static long agreeing(float[][] a, float[][] b) {
    return IntStream.range(0, a.length).filter(i -> best(a[i]) == best(b[i])).count();
  }

  @Test
  void label_demoFrames_areLabelledAsOnTheCpu() {
    try (OnnxLabelModel cuda = open(TestModels.demo(), BATCH);
        OnnxLabelModel cpu = new OnnxLabelModel(TestModels.demo(), SessionSettings.onCpu(BATCH))) {
      float[][] found = all(cuda);
      float[][] expected = all(cpu);
      assertNear(found, expected, TF32);
      assertThat(agreeing(found, expected)).isGreaterThanOrEqualTo(FRAMES * 995L / 1000);
    }
  }

  @Test
  void label_channelsLast_labelsTheSame() {
    SessionSettings settings =
        new SessionSettings(
            DEVICE,
            0,
            false,
            BATCH,
            "",
            Precision.F32,
            new CudaSettings(0, true),
            TensorRtSettings.DEFAULT,
            PluginSettings.DEFAULT);
    try (OnnxLabelModel last = new OnnxLabelModel(TestModels.demo(), settings);
        OnnxLabelModel cpu = new OnnxLabelModel(TestModels.demo(), SessionSettings.onCpu(BATCH))) {
      float[][] found = all(last);
      float[][] expected = all(cpu);
      assertNear(found, expected, TF32);
      assertThat(agreeing(found, expected)).isGreaterThanOrEqualTo(FRAMES * 995L / 1000);
    }
  }

  @Test
  void label_everyCountOfFrames_isPaddedAndEachRowIsItsOwnFrame() {
    try (OnnxLabelModel model = open(TestModels.demo(), BATCH)) {
      float[][] full = label(model, 0, BATCH);
      for (int count = 1; count <= BATCH; count++) {
        assertNear(
            label(model, 0, count), List.of(full).subList(0, count).toArray(float[][]::new), TF32);
        assertThat(model.openTensors()).isZero();
      }
    }
  }

  @Test
  void label_twoStreamsOfOneSession_doNotMixTheirFrames() {
    try (OnnxLabelModel model = open(TestModels.demo(), BATCH)) {
      float[][] expected = all(model);
      List<CompletableFuture<float[][]>> streams = new ArrayList<>();
      for (int stream = 0; stream < 4; stream++) {
        streams.add(CompletableFuture.supplyAsync(() -> all(model)));
      }
      for (CompletableFuture<float[][]> stream : streams) {
        assertNear(stream.join(), expected, TF32);
      }
    }
  }

  @Test
  void label_modelInHalfPrecision_runsAsItIs() {
    Xception network = Xception.random(10, 0.25, 7);
    PackageMetadata metadata =
        new PackageMetadata(
            "m", "1", IntStream.range(0, 10).mapToObj(i -> "class " + i).toList(), "crop");
    Path whole = save(network.toModel(71, metadata), "fp32.onnx");
    Path half = save(network.toModel(71, metadata).inHalfPrecision(), "fp16.onnx");
    try (OnnxLabelModel expected = new OnnxLabelModel(whole, SessionSettings.onCpu(BATCH));
        OnnxLabelModel found = open(half, BATCH)) {
      assertNear(label(found, 0, BATCH), label(expected, 0, BATCH), TF32);
    }
  }

  private Path save(ModelFile model, String name) {
    Path file = folder.resolve(name);
    model.save(file, written -> {});
    return file;
  }

  @Test
  void open_memoryLimitBelowTheLargestBatch_saysWhichBatchFits() {
    PackageMetadata metadata =
        new PackageMetadata(
            "m", "1", IntStream.range(0, 10).mapToObj(i -> "class " + i).toList(), "crop");
    Path full = save(Xception.random(10, 1, 7).toModel(299, metadata), "full.onnx");
    SessionSettings settings =
        new SessionSettings(
            DEVICE,
            0,
            false,
            64,
            "",
            Precision.F32,
            new CudaSettings(1L << 30, false),
            TensorRtSettings.DEFAULT,
            PluginSettings.DEFAULT);
    assertThatThrownBy(() -> new OnnxLabelModel(full, settings))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("cuda:0 has no memory for a batch of ")
        .hasMessageContaining("the largest that was tried and fits is ")
        .hasMessageContaining("--max-batch-size")
        .hasCauseInstanceOf(DeviceMemoryException.class);
  }

  @Test
  void options_areTakenByOnnxRuntime_andOthersRefused() throws OrtException {
    try (OrtCUDAProviderOptions options = new OrtCUDAProviderOptions(0)) {
      for (var option : new CudaSettings(1L << 30, true).options(Device.Kind.CUDA).entrySet()) {
        options.add(option.getKey(), option.getValue());
      }
      assertThat(options.toString()).contains("HEURISTIC").contains("1073741824");
    }
    SessionSettings unknown = SessionSettings.on("cuda:99", 1);
    assertThatThrownBy(() -> new OnnxLabelModel(TestModels.colour(), unknown))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("cuda:99");
  }
}
