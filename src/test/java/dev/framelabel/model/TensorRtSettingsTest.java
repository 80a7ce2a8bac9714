package dev.framelabel.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is handed to ONNX Runtime; no accelerator is needed for that. */
class TensorRtSettingsTest {
  private static final Device SECOND = Device.parse("tensorrt:1");
  private static final ModelMetadata CARD = TestModels.metadata(71, 96);

  private static final String SHAPE = CARD.height() + "x" + CARD.width() + "x3";

  @Test
  void options_default_areOneProfileFromOneFrameToTheLargestBatch() {
    assertThat(TensorRtSettings.DEFAULT.options(CARD, 24, SECOND))
        .containsExactly(
            Map.entry("trt_profile_min_shapes", "frames:1x" + SHAPE),
            Map.entry("trt_profile_opt_shapes", "frames:24x" + SHAPE),
            Map.entry("trt_profile_max_shapes", "frames:24x" + SHAPE));
  }

  @Test
  void options_profile_holdsEveryBucket() {
    BatchBuckets buckets = BatchBuckets.of(SECOND, 24);
    assertThat(buckets.warmUp()).startsWith(1).endsWith(24);
  }

  @Test
  void options_cacheAndHalfPrecision_areHandedOver() {
    TensorRtSettings settings = new TensorRtSettings("/var/cache/trt", true, false);
    String folder = "/var/cache/trt/0123456789abcdef-batch-16-gpu-1";
    assertThat(settings.options(CARD, 16, SECOND))
        .containsExactly(
            Map.entry("trt_fp16_enable", "1"),
            Map.entry("trt_engine_cache_enable", "1"),
            Map.entry("trt_engine_cache_path", folder),
            Map.entry("trt_timing_cache_enable", "1"),
            Map.entry("trt_timing_cache_path", folder));
  }

  @Test
  void folder_modelBatchAndAccelerator_haveTheirOwn() {
    TensorRtSettings settings = new TensorRtSettings("/c", false, true);
    Path one = settings.folder(CARD, 16, SECOND);
    assertThat(one).isNotEqualTo(settings.folder(CARD, 8, SECOND));
    assertThat(one).isNotEqualTo(settings.folder(CARD, 16, Device.parse("tensorrt:0")));
  }

  @Test
  void new_noFolder_isRefused() {
    assertThatThrownBy(() -> new TensorRtSettings("a\0b", false, true))
        .hasMessageContaining("expected a folder");
  }
}
