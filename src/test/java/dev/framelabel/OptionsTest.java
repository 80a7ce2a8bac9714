package dev.framelabel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.framelabel.config.JobOptions;
import dev.framelabel.config.KafkaOptions;
import dev.framelabel.config.Option;
import dev.framelabel.config.Options;
import dev.framelabel.model.CudaSettings;
import dev.framelabel.model.SessionSettings;
import dev.framelabel.model.TensorRtSettings;
import java.lang.reflect.Field;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;

class OptionsTest {
  @Test
  void defaults_ofAllOptions_arePinned() {
    Map<String, String> defaults = new TreeMap<>();
    Options.ALL.forEach(
        option -> defaults.put(option.name(), String.valueOf(option.key().defaultValue())));
    assertThat(defaults)
        .containsExactlyInAnyOrderEntriesOf(
            Map.ofEntries(
                Map.entry("max-batch-size", "16"),
                Map.entry("bootstrap-servers", "localhost:9092"),
                Map.entry("bounded", "false"),
                Map.entry("checkpoint-interval", "PT5S"),
                Map.entry("cuda-channels-last", "false"),
                Map.entry("cuda-memory", "0 bytes"),
                Map.entry("decode-threads", "0"),
                Map.entry("delivery", "exactly-once"),
                Map.entry("device", "auto"),
                Map.entry("precision", "f32"),
                Map.entry("execution-provider", ""),
                Map.entry("execution-provider-path", ""),
                Map.entry("provider-option", ""),
                Map.entry("concurrent-batches", "2"),
                Map.entry("frame-offsets", ""),
                Map.entry("frames-topic", "frames"),
                Map.entry("input-format", "auto"),
                Map.entry("from-timestamp", ""),
                Map.entry("group-id", "framelabel"),
                Map.entry("image-decoder", "auto"),
                Map.entry("image-uri-prefixes", ""),
                Map.entry("image-uri-threads", "16"),
                Map.entry("image-uri-timeout", "PT10S"),
                Map.entry("in-flight", "0"),
                Map.entry("in-flight-size", "256 mb"),
                Map.entry("inference-timeout", "PT1M"),
                Map.entry("kafka-properties", ""),
                Map.entry("labels-topic", "labels"),
                Map.entry("latency-target", "PT0.1S"),
                Map.entry("max-queue-delay", "20 ms"),
                Map.entry("max-decode-memory", "128 mb"),
                Map.entry("max-image-size", "32 mb"),
                Map.entry("max-record-size", "1000000 bytes"),
                Map.entry("model", "null"),
                Map.entry("model-sha256", ""),
                Map.entry("on-lost-commit", "repair"),
                Map.entry("on-inference-timeout", "fail"),
                Map.entry("partition-discovery-interval", "PT1M"),
                Map.entry("registry", ""),
                Map.entry("rejected-topic", "rejected"),
                Map.entry("intra-op-spinning", "false"),
                Map.entry("intra-op-threads", "0"),
                Map.entry("skip-start-checks", "false"),
                Map.entry("tensorrt-cache", ""),
                Map.entry("tensorrt-fp16", "false"),
                Map.entry("tensorrt-profiles", "true"),
                Map.entry("top-k", "5"),
                Map.entry("transactional-id-prefix", "framelabel"),
                Map.entry("transaction-timeout", "PT15M"),
                Map.entry("output-format", "single-object")));
  }

  @Test
  void constants_ofOptions_areNamedLikeTheOptionsAndListed() throws Exception {
    Map<String, String> constants = new TreeMap<>();
    for (Class<?> type : List.of(KafkaOptions.class, JobOptions.class)) {
      for (Field field : type.getFields()) {
        if (field.getType() == ConfigOption.class) {
          constants.put(((ConfigOption<?>) field.get(null)).key(), field.getName());
        }
      }
    }
    assertThat(constants)
        .hasSize(Options.ALL.size())
        .containsOnlyKeys(Options.ALL.stream().map(Option::name).toList());
    constants.forEach(
        (option, constant) ->
            assertThat(constant).isEqualTo(option.toUpperCase(Locale.ROOT).replace('-', '_')));
  }

  @Test
  void defaults_areValid() {
    for (Option<?> option : Options.ALL) {
      if (!option.isRequired()) {
        assertThat(option.parse(option.defaultText())).isEqualTo(option.key().defaultValue());
      }
    }
  }

  @Test
  void jobOptions_impossibleValues_sayFoundAndExpected() {
    assertThatThrownBy(() -> new JobOptions(new Configuration()))
        .hasMessageStartingWith("--model is missing; expected the path of a label model");
    assertRefused(Map.of("in-flight", "20"), "--in-flight is 20; expected 32 or more: one batch");
    assertRefused(
        Map.of("in-flight", "40", "concurrent-batches", "3"),
        "--in-flight is 40; expected 48 or more: one batch");
    assertRefused(
        Map.of("max-batch-size", "0"),
        "--max-batch-size is '0'; expected a whole number, 1 or more");
    assertRefused(
        Map.of("checkpoint-interval", "0 s"),
        "--checkpoint-interval is '0 s'; expected a duration such as '20 ms' or '4 h', more than 0");
    assertRefused(Map.of("device", "cpu:1"), "--device is 'cpu:1'; expected cpu, cuda, cuda:N,");
    assertRefused(Map.of("device", "gpu"), "device 'gpu' is not known; expected cpu, cuda:N,");
    assertRefused(
        Map.of("device", "cpu", "precision", "bf16"),
        "precision is bf16; expected f32 on device cpu");
    assertRefused(
        Map.of("device", "acme", "execution-provider", "acme"),
        "--execution-provider is 'acme'; expected names with the files");
    assertRefused(Map.of("top-k", "0"), "--top-k is '0'; expected a whole number, 1 or more");
    assertRefused(Map.of("image-uri-prefixes", "file:/data"), "expected a URI that ends with /");
    assertRefused(Map.of("image-uri-prefixes", "/data/"), "has no scheme");
    assertRefused(Map.of("image-uri-threads", "0"), "--image-uri-threads is '0'");
    assertRefused(
        Map.of("image-uri-prefixes", "file:/data/", "image-uri-threads", "4"),
        "reading the images of all in-flight frames may take 160 s");
    assertRefused(
        Map.of("max-queue-delay", "soon"),
        "--max-queue-delay is 'soon'; expected a duration such as");
    assertRefused(Map.of("in-flight-size", "0"), "--in-flight-size is '0'");
    assertRefused(Map.of("latency-target", "0 s"), "--latency-target is '0 s'");
    assertRefused(Map.of("concurrent-batches", "0"), "--concurrent-batches is '0'");
    assertRefused(Map.of("model-sha256", "ab"), "expected 64 hexadecimal digits");
    assertRefused(
        Map.of("image-decoder", "jdk"),
        "--image-decoder is 'jdk'; expected auto, opencv or turbojpeg");
  }

  @Test
  void inFlight_default_followsBatchSize() {
    Configuration configuration = new Configuration();
    configuration.set(JobOptions.MODEL, "m");
    configuration.set(JobOptions.MAX_BATCH_SIZE, 10);
    assertThat(new JobOptions(configuration).inFlight()).isEqualTo(40);
    configuration.set(JobOptions.CONCURRENT_BATCHES, 3);
    assertThat(new JobOptions(configuration).inFlight()).isEqualTo(60);
  }

  @Test
  void sessionThreads_default_areOneForEachCoreOfAllStreams() {
    Configuration configuration = new Configuration();
    configuration.set(JobOptions.MODEL, "m");
    int cores = Runtime.getRuntime().availableProcessors();
    assertThat(new JobOptions(configuration).sessionSettings().threads())
        .isEqualTo(Math.max(1, cores - 1));
    configuration.set(JobOptions.CONCURRENT_BATCHES, 1);
    assertThat(new JobOptions(configuration).sessionSettings().threads()).isEqualTo(cores);
    configuration.set(JobOptions.INTRA_OP_THREADS, 7);
    assertThat(new JobOptions(configuration).sessionSettings().threads()).isEqualTo(7);
  }

  @Test
  void sessionSettings_ofCuda_areTheOptions() {
    Configuration configuration =
        Configuration.fromMap(
            Map.of("device", "cuda:1", "cuda-memory", "6 gb", "cuda-channels-last", "true"));
    configuration.set(JobOptions.MODEL, "m");
    assertThat(new JobOptions(configuration).sessionSettings().cuda())
        .isEqualTo(new CudaSettings(6L << 30, true));
  }

  @Test
  void sessionSettings_ofTensorRt_areTheOptions() {
    Configuration configuration =
        Configuration.fromMap(
            Map.of(
                "device", "tensorrt:1",
                "tensorrt-cache", "/var/cache/engines",
                "tensorrt-fp16", "true",
                "tensorrt-profiles", "false"));
    configuration.set(JobOptions.MODEL, "m");
    SessionSettings settings = new JobOptions(configuration).sessionSettings();
    assertThat(settings.device()).isEqualTo("tensorrt:1");
    assertThat(settings.tensorRt())
        .isEqualTo(new TensorRtSettings("/var/cache/engines", true, false));
  }

  @Test
  void kafkaOptions_impossibleValues_sayFoundAndExpected() {
    Configuration time = new Configuration();
    time.set(KafkaOptions.FROM_TIMESTAMP, "yesterday");
    assertThatThrownBy(() -> new KafkaOptions(time))
        .hasMessageStartingWith(
            "--from-timestamp is 'yesterday'; expected a UTC time such as 2026-01-31T12:00:00Z");
    Configuration prefix = new Configuration();
    prefix.set(KafkaOptions.TRANSACTIONAL_ID_PREFIX, " ");
    assertThatThrownBy(() -> new KafkaOptions(prefix))
        .hasMessageContaining("--transactional-id-prefix is ' '; expected a name");
    assertKafkaRefused(
        Map.of("frame-offsets", "labels-0@1"), "names topic labels; expected frames");
    assertKafkaRefused(Map.of("frame-offsets", "frames-0"), "expected TOPIC-PARTITION@FIRST..LAST");
    assertKafkaRefused(
        Map.of("frame-offsets", "frames-0@1", "from-timestamp", "2026-01-31T12:00:00Z"),
        "expected one of them");
    assertKafkaRefused(
        Map.of("output-format", "confluent"),
        "--output-format is confluent, which needs --registry");
    assertKafkaRefused(
        Map.of("registry", "registry:8081"),
        "--registry is 'registry:8081'; expected an http or https URL");
    assertKafkaRefused(
        Map.of("output-format", "apicurio", "registry", "http://r/apis/ccompat/v7"),
        "ends with /apis/registry/v3");
  }

  private static void assertKafkaRefused(Map<String, String> values, String message) {
    assertThatThrownBy(() -> new KafkaOptions(Configuration.fromMap(values)))
        .hasMessageContaining(message);
  }

  private static void assertRefused(Map<String, String> values, String message) {
    Configuration configuration = Configuration.fromMap(values);
    configuration.set(JobOptions.MODEL, "m");
    assertThatThrownBy(() -> new JobOptions(configuration)).hasMessageContaining(message);
  }
}
