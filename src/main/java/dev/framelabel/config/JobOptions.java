package dev.framelabel.config;

import static org.apache.flink.configuration.ConfigOptions.key;

import dev.framelabel.batch.BatchPolicy;
import dev.framelabel.classify.ClassifierSettings;
import dev.framelabel.image.ImageLimits;
import dev.framelabel.image.JpegBackend;
import dev.framelabel.model.CudaSettings;
import dev.framelabel.model.SessionSettings;
import dev.framelabel.model.TensorRtSettings;
import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.util.TimeUtils;

/**
 * The settings of a labelling job apart from Kafka's, each with its default where it is declared.
 *
 * @param configuration the options below, as the user set them
 */
public record JobOptions(Configuration configuration) implements Serializable {
  private static final long serialVersionUID = 1L;

  public static final ConfigOption<String> MODEL =
      key("model")
          .stringType()
          .noDefaultValue()
          .withDescription("Label-model file (.onnx), at the same path on every worker.");

  public static final ConfigOption<String> MODEL_SHA256 =
      key("model-sha256")
          .stringType()
          .defaultValue("")
          .withDescription("SHA-256 that the model file must have; empty: any.");

  public static final ConfigOption<String> DEVICE =
      key("device")
          .stringType()
          .defaultValue(SessionSettings.AUTO)
          .withDescription(
              "cpu, cuda, cuda:N, tensorrt, tensorrt:N, or auto (CUDA where it works, else the CPU; the log says"
                  + " which). Without N the accelerator is the one that Flink assigns (external resource 'gpu').");

  public static final ConfigOption<Integer> MAX_BATCH_SIZE =
      key("max-batch-size").intType().defaultValue(16).withDescription("Most frames in a batch.");

  public static final ConfigOption<String> MAX_QUEUE_DELAY =
      key("max-queue-delay")
          .stringType()
          .defaultValue("20 ms")
          .withDescription(
              "Longest time that a frame waits for others to join its batch; auto: chosen from the times that the"
                  + " device takes, for latency-target.");

  public static final ConfigOption<Duration> LATENCY_TARGET =
      key("latency-target")
          .durationType()
          .defaultValue(Duration.ofMillis(100))
          .withDescription(
              "With max-queue-delay auto: the time from a frame's arrival in the batcher to its labels that batches are"
                  + " made for.");

  public static final ConfigOption<Integer> DECODE_THREADS =
      key("decode-threads")
          .intType()
          .defaultValue(0)
          .withDescription(
              "Threads that decode images in each worker process; 0: one for each core.");

  public static final ConfigOption<Integer> CONCURRENT_BATCHES =
      key("concurrent-batches")
          .intType()
          .defaultValue(2)
          .withDescription(
              "Batches that the device is given at the same time. On the CPU each is computed by a thread of its own"
                  + " besides those that all share.");

  public static final ConfigOption<Integer> INTRA_OP_THREADS =
      key("intra-op-threads")
          .intType()
          .defaultValue(0)
          .withDescription(
              "Computing threads that a batch has on the CPU: its own, and others that all batches share; 0: so many that"
                  + " there is one for each core.");

  public static final ConfigOption<Boolean> INTRA_OP_SPINNING =
      key("intra-op-spinning")
          .booleanType()
          .defaultValue(false)
          .withDescription("Whether those threads burn their core while they wait.");

  public static final ConfigOption<MemorySize> CUDA_MEMORY =
      key("cuda-memory")
          .memoryType()
          .defaultValue(new MemorySize(CudaSettings.DEFAULT.memoryLimit()))
          .withDescription(
              "Most of an accelerator's memory that a session takes; 0: all that it needs. For accelerators that several"
                  + " workers share. There is a session for each of a few sizes of batch, and the largest takes most. A"
                  + " model that does not fit says at its start which batch does; that is tried with one batch at a time, so"
                  + " leave room for as many as --concurrent-batches.");

  public static final ConfigOption<Boolean> CUDA_CHANNELS_LAST =
      key("cuda-channels-last")
          .booleanType()
          .defaultValue(CudaSettings.DEFAULT.channelsLast())
          .withDescription(
              "Whether CUDA keeps a pixel's channels together (NHWC), as tensor cores want them.");

  public static final ConfigOption<String> TENSORRT_CACHE =
      key("tensorrt-cache")
          .stringType()
          .defaultValue(TensorRtSettings.DEFAULT.cache())
          .withDescription(
              "Folder on each worker that keeps the engines TensorRT has built, which takes minutes; empty: they are"
                  + " built at each start. Only the worker's user may write there: engines are run as they are.");

  public static final ConfigOption<Boolean> TENSORRT_FP16 =
      key("tensorrt-fp16")
          .booleanType()
          .defaultValue(TensorRtSettings.DEFAULT.fp16())
          .withDescription(
              "Whether TensorRT may compute in half precision: faster, and scores differ a little.");

  public static final ConfigOption<Boolean> TENSORRT_PROFILES =
      key("tensorrt-profiles")
          .booleanType()
          .defaultValue(TensorRtSettings.DEFAULT.profiles())
          .withDescription(
              "Whether TensorRT builds one engine for all batch sizes at once; else another for each larger batch.");

  public static final ConfigOption<Integer> TOP_K =
      key("top-k").intType().defaultValue(5).withDescription("Labels in a result, best first.");

  public static final ConfigOption<Integer> IN_FLIGHT =
      key("in-flight")
          .intType()
          .defaultValue(0)
          .withDescription(
              "Frames that a task has under way before it stops reading; 0: 4 x max-batch-size, or 2 x max-batch-size for"
                  + " each device stream where that is more.");

  public static final ConfigOption<MemorySize> IN_FLIGHT_SIZE =
      key("in-flight-size")
          .memoryType()
          .defaultValue(MemorySize.ofMebiBytes(256))
          .withDescription(
              "Maximum encoded bytes of in-flight frames per task; the task stops reading at this"
                  + " limit. A larger frame is processed alone.");

  public static final ConfigOption<Duration> INFERENCE_TIMEOUT =
      key("inference-timeout")
          .durationType()
          .defaultValue(Duration.ofMinutes(1))
          .withDescription(
              "Longest time for a frame to get its result; --on-inference-timeout says what happens then.");

  public static final ConfigOption<InferenceTimeout> ON_INFERENCE_TIMEOUT =
      key("on-inference-timeout")
          .enumType(InferenceTimeout.class)
          .defaultValue(InferenceTimeout.FAIL)
          .withDescription(
              "When the device gives no result in time: fail (the job restarts, with a new session) or reject"
                  + " (the frames that waited are rejected, and the job goes on).");

  public static final ConfigOption<MemorySize> MAX_IMAGE_SIZE =
      key("max-image-size")
          .memoryType()
          .defaultValue(new MemorySize(ImageLimits.DEFAULT.maxBytes()))
          .withDescription("Larger images (encoded bytes) are rejected.");

  public static final ConfigOption<Long> MAX_IMAGE_PIXELS =
      key("max-image-pixels")
          .longType()
          .defaultValue(ImageLimits.DEFAULT.maxPixels())
          .withDescription(
              "Images of more pixels (width x height) are rejected before they are decoded.");

  public static final ConfigOption<String> IMAGE_URI_PREFIXES =
      key("image-uri-prefixes")
          .stringType()
          .defaultValue("")
          .withDescription(
              "Places that images may be read from for events that carry imageUri: URIs that end with /, separated"
                  + " by commas, such as file:/data/frames/,s3://bucket/frames/. Empty: such events are rejected.");

  public static final ConfigOption<Duration> IMAGE_URI_TIMEOUT =
      key("image-uri-timeout")
          .durationType()
          .defaultValue(Duration.ofSeconds(10))
          .withDescription(
              "Longest time that reading one such image may take; then it is rejected.");

  public static final ConfigOption<Integer> IMAGE_URI_THREADS =
      key("image-uri-threads")
          .intType()
          .defaultValue(16)
          .withDescription("Such images that a task reads at the same time.");

  public static final ConfigOption<String> IMAGE_DECODER =
      key("image-decoder")
          .stringType()
          .defaultValue("auto")
          .withDescription(
              "Who decodes JPEGs: turbojpeg (the worker's libturbojpeg: takes every warning for damage),"
                  + " opencv, or auto (turbojpeg where a worker has it, else opencv; the log says which).");

  public static final ConfigOption<Duration> CHECKPOINT_INTERVAL =
      key("checkpoint-interval")
          .durationType()
          .defaultValue(Duration.ofSeconds(5))
          .withDescription(
              "Time between checkpoints; with exactly-once delivery, results become visible at each.");

  /** All options of this class, in the order of the help text. */
  public static final List<ConfigOption<?>> ALL =
      List.of(
          MODEL,
          MODEL_SHA256,
          DEVICE,
          MAX_BATCH_SIZE,
          MAX_QUEUE_DELAY,
          LATENCY_TARGET,
          DECODE_THREADS,
          CONCURRENT_BATCHES,
          INTRA_OP_THREADS,
          INTRA_OP_SPINNING,
          CUDA_MEMORY,
          CUDA_CHANNELS_LAST,
          TENSORRT_CACHE,
          TENSORRT_FP16,
          TENSORRT_PROFILES,
          TOP_K,
          IN_FLIGHT,
          IN_FLIGHT_SIZE,
          INFERENCE_TIMEOUT,
          ON_INFERENCE_TIMEOUT,
          MAX_IMAGE_SIZE,
          MAX_IMAGE_PIXELS,
          IMAGE_URI_PREFIXES,
          IMAGE_URI_TIMEOUT,
          IMAGE_URI_THREADS,
          IMAGE_DECODER,
          CHECKPOINT_INTERVAL);

  private static final String AUTO = "auto";
  private static final int BATCHES_IN_FLIGHT = 4;
  private static final int FEWEST_BATCHES_IN_FLIGHT = 2;

  /**
   * Checks every value, and how they go together, where the job is made and not on a worker at
   * night.
   */
  public JobOptions {
    configuration = new Configuration(configuration);
    if (!configuration.contains(MODEL)) {
      throw new IllegalArgumentException("--model is missing; expected the path of a label model");
    }
    int batchSize = configuration.get(MAX_BATCH_SIZE);
    int streams = configuration.get(CONCURRENT_BATCHES);
    int inFlight = configuration.get(IN_FLIGHT);
    int fewestBatches = Math.max(FEWEST_BATCHES_IN_FLIGHT, streams);
    if (inFlight != 0 && inFlight < fewestBatches * batchSize) {
      throw new IllegalArgumentException(
          "--in-flight is "
              + inFlight
              + "; expected "
              + fewestBatches
              + " x max-batch-size = "
              + fewestBatches * batchSize
              + " or more, so that one batch fills while another runs, and each device stream has one");
    }
    requirePositive(LATENCY_TARGET, configuration.get(LATENCY_TARGET));
    if (configuration.get(IN_FLIGHT_SIZE).getBytes() < 1) {
      throw new IllegalArgumentException("--in-flight-size is 0; expected 1 byte or more");
    }
    requirePositive(CHECKPOINT_INTERVAL, configuration.get(CHECKPOINT_INTERVAL));
    requirePositive(INFERENCE_TIMEOUT, configuration.get(INFERENCE_TIMEOUT));
    requirePositive(IMAGE_URI_TIMEOUT, configuration.get(IMAGE_URI_TIMEOUT));
    checkImageUris(configuration);
    ClassifierSettings ignored = settings(configuration, configuration.get(DEVICE));
  }

  private static void requirePositive(ConfigOption<Duration> option, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(
          "--" + option.key() + " is " + value + "; expected more than 0");
    }
  }

  private static void checkImageUris(Configuration configuration) {
    int threads = configuration.get(IMAGE_URI_THREADS);
    if (threads < 1) {
      throw new IllegalArgumentException(
          "--image-uri-threads is " + threads + "; expected 1 or more");
    }
    if (new ImageUriPrefixes(configuration.get(IMAGE_URI_PREFIXES)).isEmpty()) {
      return;
    }
    int rounds = (inFlight(configuration) + threads - 1) / threads;
    Duration longest = configuration.get(IMAGE_URI_TIMEOUT).multipliedBy(rounds);
    if (longest.compareTo(configuration.get(INFERENCE_TIMEOUT)) >= 0) {
      throw new IllegalArgumentException(
          "reading images may take "
              + longest.toSeconds()
              + " s (--image-uri-timeout x --in-flight "
              + inFlight(configuration)
              + " / --image-uri-threads); expected less than --inference-timeout, which would fail"
              + " the job");
    }
  }

  public <T> T get(ConfigOption<T> option) {
    return configuration.get(option);
  }

  /** Frames that one task may have under way. */
  public int inFlight() {
    return inFlight(configuration);
  }

  private static int inFlight(Configuration configuration) {
    int inFlight = configuration.get(IN_FLIGHT);
    return inFlight != 0
        ? inFlight
        : configuration.get(MAX_BATCH_SIZE)
            * Math.max(
                BATCHES_IN_FLIGHT,
                FEWEST_BATCHES_IN_FLIGHT * configuration.get(CONCURRENT_BATCHES));
  }

  /**
   * @param device the device, where the worker knows better than the options which one
   */
  public ClassifierSettings classifierSettings(String device) {
    return settings(configuration, device);
  }

  private static BatchPolicy policy(Configuration configuration) {
    int batchSize = configuration.get(MAX_BATCH_SIZE);
    String maxDelay = configuration.get(MAX_QUEUE_DELAY).strip();
    if (maxDelay.equals(AUTO)) {
      return BatchPolicy.auto(batchSize, configuration.get(LATENCY_TARGET).toNanos());
    }
    try {
      return new BatchPolicy(batchSize, TimeUtils.parseDuration(maxDelay).toNanos());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "--max-queue-delay is '"
              + maxDelay
              + "'; expected a time such as '20 ms', or auto: "
              + e.getMessage(),
          e);
    }
  }

  /** How the session runs, on the device of these options. */
  public SessionSettings sessionSettings() {
    return session(configuration, get(DEVICE));
  }

  private static SessionSettings session(Configuration configuration, String device) {
    int sessionThreads = configuration.get(INTRA_OP_THREADS);
    return new SessionSettings(
        device,
        sessionThreads == 0
            ? SessionSettings.threadsBeside(configuration.get(CONCURRENT_BATCHES))
            : sessionThreads,
        configuration.get(INTRA_OP_SPINNING),
        configuration.get(MAX_BATCH_SIZE),
        configuration.get(MODEL_SHA256),
        new CudaSettings(
            configuration.get(CUDA_MEMORY).getBytes(), configuration.get(CUDA_CHANNELS_LAST)),
        new TensorRtSettings(
            configuration.get(TENSORRT_CACHE),
            configuration.get(TENSORRT_FP16),
            configuration.get(TENSORRT_PROFILES)));
  }

  private static ClassifierSettings settings(Configuration configuration, String device) {
    int decodeThreads = configuration.get(DECODE_THREADS);
    return new ClassifierSettings(
        Path.of(configuration.get(MODEL)),
        session(configuration, device),
        policy(configuration),
        decodeThreads == 0 ? Runtime.getRuntime().availableProcessors() : decodeThreads,
        configuration.get(CONCURRENT_BATCHES),
        configuration.get(TOP_K),
        new ImageLimits(
            configuration.get(MAX_IMAGE_SIZE).getBytes(),
            configuration.get(MAX_IMAGE_PIXELS),
            ImageLimits.DEFAULT.maxScans()),
        JpegBackend.parse(configuration.get(IMAGE_DECODER)));
  }
}
