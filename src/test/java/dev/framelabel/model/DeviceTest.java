package dev.framelabel.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceTest {
  @ParameterizedTest
  @CsvSource({
    "cpu,cpu",
    "cuda,cuda:0",
    "cuda:3,cuda:3",
    "tensorrt:1,tensorrt:1",
    "CUDA:2,cuda:2",
    "openvino,openvino",
    "OpenVINO:GPU,openvino:gpu",
    "acme-2:npu,acme-2:npu"
  })
  void parse_knownDevice_readsIt(String text, String expected) {
    assertThat(Device.parse(text)).hasToString(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "cuda:", "cuda:x", "cuda:-1", "cpu:1", "rocm:0", "openvino:", "a b"})
  void parse_unknownDevice_saysWhatIsExpected(String text) {
    assertThatThrownBy(() -> Device.parse(text))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("'" + text + "'")
        .hasMessageContaining("expected cpu, cuda:N, tensorrt:N, openvino");
  }

  @Test
  void settings_nameOfNoExecutionProvider_saysWhatIsExpected() {
    assertThatThrownBy(() -> SessionSettings.on("gpu", 1))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("device 'gpu' is not known; expected cpu, cuda:N")
        .hasMessageContaining("a name of --execution-provider");
  }

  @ParameterizedTest
  @CsvSource({
    "cpu,on device cpu",
    "auto,a device such as openvino",
    "tensorrt:0,or --tensorrt-fp16"
  })
  void settings_precisionThatTheDeviceHasNot_sayWhatIsExpected(String device, String expected) {
    assertThatThrownBy(() -> plugin(device, Precision.BF16, PluginSettings.DEFAULT))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("precision is bf16")
        .hasMessageContaining(expected);
  }

  @Test
  void settings_optionsOfAProviderWithoutAPlugin_areRefused() {
    PluginSettings options = new PluginSettings(Map.of(), "", Map.of("a", "1"), 1);
    assertThatThrownBy(() -> plugin("cpu", Precision.F32, options))
        .hasMessage("--provider-option is for plug-in execution providers; found device cpu");
  }

  @ParameterizedTest
  @ValueSource(strings = {"acme", "=x", "a=1,a=2", "a=1,"})
  void pairs_damaged_sayWhatIsExpected(String text) {
    assertThatThrownBy(() -> PluginSettings.pairs(text))
        .hasMessageContaining("in '" + text + "'; expected NAME=VALUE, each name once");
  }

  @ParameterizedTest
  @ValueSource(strings = {"MyEP", "acme.ep", "cpu", "auto", "2"})
  void plugin_nameThatNoDeviceCanHave_isRefused(String name) {
    assertThatThrownBy(() -> new PluginSettings(Map.of(name, "libacme.so"), "", Map.of(), 1))
        .hasMessageContaining("execution provider '" + name + "' cannot have this name");
  }

  @Test
  void pairs_valuesWithEqualsSigns_keepThem() {
    assertThat(PluginSettings.pairs("a=b=c, d=")).isEqualTo(Map.of("a", "b=c", "d", ""));
  }

  private static SessionSettings plugin(
      String device, Precision precision, PluginSettings settings) {
    return new SessionSettings(
        device,
        0,
        false,
        1,
        "",
        precision,
        CudaSettings.DEFAULT,
        TensorRtSettings.DEFAULT,
        settings);
  }

  @Test
  void buckets_tensorRt_arePowersOfTwoAndTheMaximum() {
    BatchBuckets buckets = BatchBuckets.of(Device.parse("tensorrt:0"), 24);
    assertThat(buckets.warmUp()).containsExactly(1, 2, 4, 8, 16, 24);
    assertThat(buckets.atLeast(1)).isEqualTo(1);
    assertThat(buckets.atLeast(5)).isEqualTo(8);
    assertThat(buckets.atLeast(17)).isEqualTo(24);
  }

  @Test
  void buckets_cpu_takeEverySize() {
    BatchBuckets buckets = BatchBuckets.of(Device.CPU, 24);
    assertThat(buckets.atLeast(5)).isEqualTo(5);
    assertThat(buckets.warmUp()).containsExactly(1, 24);
  }
}
