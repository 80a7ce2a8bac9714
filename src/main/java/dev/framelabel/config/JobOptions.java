package dev.framelabel.config;

import static org.apache.flink.configuration.ConfigOptions.key;

import dev.framelabel.batch.BatchPolicy;
import dev.framelabel.classify.ClassifierSettings;
import dev.framelabel.image.ImageLimits;
import dev.framelabel.image.JpegBackend;
import dev.framelabel.model.CudaSettings;
import dev.framelabel.model.Device;
import dev.framelabel.model.ModelException;
import dev.framelabel.model.PluginSettings;
import dev.framelabel.model.Precision;
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
 * The options of a labelling job apart from Kafka's. Every value is checked on creation.
 *
 * @param configuration the options below, as the user set them
 */
public record JobOptions(Configuration configuration) implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final OptionGroup MODEL_GROUP = new OptionGroup("Model and device");
  private static final OptionGroup BATCHING_GROUP = new OptionGroup("Batching");
  private static final OptionGroup IMAGE_GROUP = new OptionGroup("Images");
  private static final OptionGroup LIMIT_GROUP = new OptionGroup("Limits and timeouts");
  private static final OptionGroup FLINK_GROUP = new OptionGroup("Flink");

  /** The options of this class. */
  static final List<OptionGroup> GROUPS =
      List.of(MODEL_GROUP, BATCHING_GROUP, IMAGE_GROUP, LIMIT_GROUP, FLINK_GROUP);

  public static final ConfigOption<String> MODEL =
      MODEL_GROUP.add(
          key("model").stringType().noDefaultValue(),
          "FILE",
          ValidValues.text("the path of a label model"),
          "Label model (.onnx), at the same path on every TaskManager.",
          "Always set it.");

  public static final ConfigOption<String> MODEL_SHA256 =
      MODEL_GROUP.add(
          key("model-sha256").stringType().defaultValue(""),
          "HEX",
          ValidValues.textOrEmpty(
              "64 hexadecimal digits; empty: any file", value -> value.matches("[0-9a-fA-F]{64}")),
          "SHA-256 that the model file must have; the job does not start with another file.",
          "Set it in production: all TaskManagers must run the same model.");

  public static final ConfigOption<String> DEVICE =
      MODEL_GROUP.add(
          key("device").stringType().defaultValue(SessionSettings.AUTO),
          "cpu|cuda[:N]|tensorrt[:N]|openvino|auto",
          new ValidValues<>(
              "cpu, cuda, cuda:N, tensorrt, tensorrt:N, openvino, openvino:cpu, openvino:gpu,"
                  + " openvino:npu, a name of --execution-provider, or auto",
              value -> value.equals(SessionSettings.AUTO) || Device.parse(value).index() >= 0),
          "Device that runs the model. auto: CUDA if it works, else the CPU; the log names the device."
              + " Without N, a job on a cluster uses the GPU that Flink assigns (external resource gpu). openvino: Intel's"
              + " plug-in, which 'framelabel runtime install openvino' fetches.",
          "Set openvino on CPUs, if 'framelabel bench --suite session' shows more frames/s; cuda if the job"
              + " must not run on the CPU without a GPU; tensorrt if TensorRT is installed.");

  public static final ConfigOption<Precision> PRECISION =
      MODEL_GROUP.add(
          key("precision").enumType(Precision.class).defaultValue(Precision.F32),
          Precision.class,
          "Precision of the device's arithmetic. bf16 and f16 change the probabilities slightly, and only"
              + " openvino has them; a device that cannot compute so is refused. TensorRT has"
              + " --tensorrt-fp16.",
          "Try bf16 on a CPU with AMX; measure with 'framelabel bench --suite session'. Without AMX it"
              + " can be slower than f32.");

  public static final ConfigOption<String> EXECUTION_PROVIDER =
      MODEL_GROUP.add(
          key("execution-provider").stringType().defaultValue(""),
          "NAME=FILE,...",
          ValidValues.textOrEmpty(
              "names with the files of their libraries; empty: none", JobOptions::arePairs),
          "Other plug-in execution providers of ONNX Runtime: a name for --device, and the library's file"
              + " on each TaskManager.",
          "Set it to run the model on hardware of another vendor.");

  public static final ConfigOption<String> EXECUTION_PROVIDER_PATH =
      MODEL_GROUP.add(
          key("execution-provider-path").stringType().defaultValue(""),
          "FOLDER:...",
          ValidValues.textOrEmpty("folders, separated by ':'; empty: none", value -> true),
          "Folders to look for the plug-in's library in, before FRAMELABEL_RUNTIME and the folder"
              + " 'runtime' beside Flink's lib/.",
          "Set it if the plug-in lies in another folder of the TaskManagers.");

  public static final ConfigOption<String> PROVIDER_OPTION =
      MODEL_GROUP.add(
          key("provider-option").stringType().defaultValue(""),
          "KEY=VALUE,...",
          ValidValues.textOrEmpty("keys with values; empty: none", JobOptions::arePairs),
          "Options of the plug-in execution provider, as its documentation names them.",
          "Set them as the plug-in's documentation says.");

  public static final ConfigOption<Integer> TOP_K =
      MODEL_GROUP.add(
          key("top-k").intType().defaultValue(5),
          "N",
          ValidValues.atLeast(1),
          "Maximum number of labels in a result, most probable first.",
          "Set it to the number of labels that consumers need.");

  public static final ConfigOption<Integer> INTRA_OP_THREADS =
      MODEL_GROUP.add(
          key("intra-op-threads").intType().defaultValue(0),
          "N",
          ValidValues.atLeast(0, "0: one thread per core for all concurrent batches together"),
          "Number of threads that compute one batch on the CPU (ONNX Runtime's intra-op threads). Each"
              + " batch has one thread of its own; all batches share the others.",
          "Lower it if other processes need some of the cores.");

  public static final ConfigOption<Boolean> INTRA_OP_SPINNING =
      MODEL_GROUP.add(
          key("intra-op-spinning").booleanType().defaultValue(false),
          "Spin instead of blocking while intra-op threads are idle. Lowers latency on dedicated cores;"
              + " slows neighbours on shared cores.",
          "Set it if the TaskManager has dedicated cores.");

  public static final ConfigOption<MemorySize> CUDA_MEMORY =
      MODEL_GROUP.add(
          key("cuda-memory")
              .memoryType()
              .defaultValue(new MemorySize(CudaSettings.DEFAULT.memoryLimit())),
          "SIZE",
          ValidValues.sizes("0: no limit"),
          "Maximum GPU memory of one session. A TaskManager has a session for each of a few batch sizes;"
              + " the session for the largest batch takes the most.",
          "Set it if several TaskManagers share a GPU. Leave room for --concurrent-batches batches at a"
              + " time: the check at the start runs only one.");

  public static final ConfigOption<Boolean> CUDA_CHANNELS_LAST =
      MODEL_GROUP.add(
          key("cuda-channels-last").booleanType().defaultValue(CudaSettings.DEFAULT.channelsLast()),
          "Run convolutions in NHWC layout with '--device cuda'.",
          "Try it on a GPU with tensor cores; measure both settings.");

  public static final ConfigOption<String> TENSORRT_CACHE =
      MODEL_GROUP.add(
          key("tensorrt-cache").stringType().defaultValue(TensorRtSettings.DEFAULT.cache()),
          "FOLDER",
          ValidValues.textOrEmpty(
              "a folder; empty: no cache", value -> !Path.of(value).toString().isEmpty()),
          "Folder on each TaskManager for the engines that TensorRT builds. Without it, each start builds"
              + " them again, which takes minutes. Only the user of the TaskManager may write there:"
              + " TensorRT trusts the engines.",
          "Set it with '--device tensorrt'.");

  public static final ConfigOption<Boolean> TENSORRT_FP16 =
      MODEL_GROUP.add(
          key("tensorrt-fp16").booleanType().defaultValue(TensorRtSettings.DEFAULT.fp16()),
          "Let TensorRT compute in half precision: faster, with slightly different probabilities.",
          "Set it if small differences in the probabilities are acceptable.");

  public static final ConfigOption<Boolean> TENSORRT_PROFILES =
      MODEL_GROUP.add(
          key("tensorrt-profiles").booleanType().defaultValue(TensorRtSettings.DEFAULT.profiles()),
          "Build one TensorRT engine for all batch sizes. false: build a new engine for each batch that is"
              + " larger than all earlier ones.",
          "Set false if TensorRT cannot build one engine for all batch sizes of the model.");

  public static final ConfigOption<Integer> MAX_BATCH_SIZE =
      BATCHING_GROUP.add(
          key("max-batch-size").intType().defaultValue(16),
          "N",
          ValidValues.atLeast(1),
          "Maximum number of frames in a batch.",
          "Raise it on a GPU for more throughput; lower it for less memory and latency.");

  public static final ConfigOption<String> MAX_QUEUE_DELAY =
      BATCHING_GROUP.add(
          key("max-queue-delay").stringType().defaultValue("20 ms"),
          "DURATION|auto",
          ValidValues.durationOrAuto(),
          "Maximum time that a frame waits for its batch to fill. auto: chosen from measured inference"
              + " times, to meet --latency-target.",
          "Raise it for fuller batches at a low frame rate; lower it for less latency.");

  public static final ConfigOption<Duration> LATENCY_TARGET =
      BATCHING_GROUP.add(
          key("latency-target").durationType().defaultValue(Duration.ofMillis(100)),
          "DURATION",
          ValidValues.longerThanZero(),
          "Target time from a frame's arrival in the batcher to its labels. Only with"
              + " '--max-queue-delay auto'.",
          "Set it to the latency that you need from the batcher and the device.");

  public static final ConfigOption<Integer> CONCURRENT_BATCHES =
      BATCHING_GROUP.add(
          key("concurrent-batches").intType().defaultValue(2),
          "N",
          ValidValues.atLeast(1),
          "Number of batches that run on the device at the same time. On the CPU, each has a thread of"
              + " its own beside the shared intra-op threads.",
          "Set 1 for less memory; raise it if the device is idle between batches.");

  public static final ConfigOption<Integer> DECODE_THREADS =
      IMAGE_GROUP.add(
          key("decode-threads").intType().defaultValue(0),
          "N",
          ValidValues.atLeast(0, "0: one per core"),
          "Number of threads that decode images, per TaskManager.",
          "Lower it if other processes need some of the cores.");

  public static final ConfigOption<JpegBackend> IMAGE_DECODER =
      IMAGE_GROUP.add(
          key("image-decoder").enumType(JpegBackend.class).defaultValue(JpegBackend.AUTO),
          JpegBackend.class,
          "Decoder of JPEG images. turbojpeg: the library libturbojpeg of the TaskManager, which rejects"
              + " JPEGs with bit errors. opencv: accepts some bit errors. Both reject JPEGs with missing rows."
              + " auto: turbojpeg if it is installed, else opencv; the log names the decoder.",
          "Set it if all TaskManagers must decode alike, whatever is installed.");

  public static final ConfigOption<String> IMAGE_URI_PREFIXES =
      IMAGE_GROUP.add(
          key("image-uri-prefixes").stringType().defaultValue(""),
          "URI,...",
          ValidValues.textOrEmpty(
              "URIs that end with /, separated by commas, such as file:/data/frames/,s3://bucket/frames/;"
                  + " empty: none",
              value -> true),
          "Locations that images by reference (claim check, imageUri of an event) may be read from."
              + " Frames with another location are rejected.",
          "Set it if producers send references instead of image bytes.");

  public static final ConfigOption<Duration> IMAGE_URI_TIMEOUT =
      IMAGE_GROUP.add(
          key("image-uri-timeout").durationType().defaultValue(Duration.ofSeconds(10)),
          "DURATION",
          ValidValues.longerThanZero(),
          "Maximum time to read one image by reference; the frame is rejected after it.",
          "Raise it for slow storage. Stay below --inference-timeout.");

  public static final ConfigOption<Integer> IMAGE_URI_THREADS =
      IMAGE_GROUP.add(
          key("image-uri-threads").intType().defaultValue(16),
          "N",
          ValidValues.atLeast(1),
          "Maximum number of images by reference that a task reads at the same time.",
          "Raise it if the device waits for images of slow storage.");

  public static final ConfigOption<Integer> IN_FLIGHT =
      LIMIT_GROUP.add(
          key("in-flight").intType().defaultValue(0),
          "N",
          ValidValues.atLeast(
              0,
              "0: 4 x --max-batch-size, or 2 x --max-batch-size x --concurrent-batches if that is more"),
          "Maximum number of in-flight frames per task; the task stops reading at this limit. If not 0, at"
              + " least 2 x --max-batch-size and --concurrent-batches x --max-batch-size.",
          "Lower it for smaller checkpoints and less heap; raise it if the device waits for frames.");

  public static final ConfigOption<MemorySize> IN_FLIGHT_SIZE =
      LIMIT_GROUP.add(
          key("in-flight-size").memoryType().defaultValue(MemorySize.ofMebiBytes(256)),
          "SIZE",
          ValidValues.largerThanZero(),
          "Maximum encoded bytes of in-flight frames per task; the task stops reading at this limit. A"
              + " larger frame is processed alone.",
          "Lower it if the heap of the TaskManager is small; raise it if frames are large.");

  public static final ConfigOption<Duration> INFERENCE_TIMEOUT =
      LIMIT_GROUP.add(
          key("inference-timeout").durationType().defaultValue(Duration.ofMinutes(1)),
          "DURATION",
          ValidValues.longerThanZero(),
          "Maximum time for a frame to get its result; --on-inference-timeout is what happens after it.",
          "Raise it if a slow device needs longer for all in-flight frames.");

  public static final ConfigOption<InferenceTimeout> ON_INFERENCE_TIMEOUT =
      LIMIT_GROUP.add(
          key("on-inference-timeout")
              .enumType(InferenceTimeout.class)
              .defaultValue(InferenceTimeout.FAIL),
          InferenceTimeout.class,
          "Reaction when a frame has no result within --inference-timeout. fail: the job restarts with a"
              + " new session. reject: the frame is rejected, and the job continues; a session whose batch runs for"
              + " longer than the time-out is replaced.",
          "Set reject if rejected frames are better than a restart.");

  public static final ConfigOption<MemorySize> MAX_IMAGE_SIZE =
      LIMIT_GROUP.add(
          key("max-image-size")
              .memoryType()
              .defaultValue(new MemorySize(ImageLimits.DEFAULT.maxBytes())),
          "SIZE",
          ValidValues.largerThanZero(),
          "Maximum size of an encoded image; larger images are rejected.",
          "Raise it if cameras send larger images.");

  public static final ConfigOption<MemorySize> MAX_DECODE_MEMORY =
      LIMIT_GROUP.add(
          key("max-decode-memory")
              .memoryType()
              .defaultValue(new MemorySize(ImageLimits.DEFAULT.maxDecodeBytes())),
          "SIZE",
          ValidValues.largerThanZero(),
          "Maximum native memory to decode one image, estimated from its header: pixels after the"
              + " reduction of a JPEG, depth, channels, coefficients of a progressive JPEG. Images that need more"
              + " are rejected before they are decoded. Each of --decode-threads may use this much at the same"
              + " time.",
          "Raise it if cameras send larger images, and the TaskManager's memory with it; lower it to"
              + " save memory.");

  public static final ConfigOption<Duration> CHECKPOINT_INTERVAL =
      FLINK_GROUP.add(
          key("checkpoint-interval").durationType().defaultValue(Duration.ofSeconds(5)),
          "DURATION",
          ValidValues.longerThanZero(),
          "Interval between checkpoints. With '--delivery exactly-once', results become visible at each"
              + " checkpoint.",
          "Shorten it for less latency with exactly-once; lengthen it for less load on brokers and"
              + " checkpoint storage.");

  private static final String AUTO = "auto";
  private static final int BATCHES_IN_FLIGHT = 4;
  private static final int FEWEST_BATCHES_IN_FLIGHT = 2;

  /**
   * Checks every value, and how values go together, where the job is submitted.
   *
   * @throws IllegalArgumentException if a value is missing or not valid
   */
  public JobOptions {
    configuration = new Configuration(configuration);
    OptionGroup.check(GROUPS, configuration);
    checkInFlight(configuration);
    checkImageUris(configuration);
    try {
      ClassifierSettings ignored = settings(configuration, configuration.get(DEVICE));
    } catch (ModelException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private static boolean arePairs(String text) {
    return !PluginSettings.pairs(text).isEmpty();
  }

  private static void checkInFlight(Configuration configuration) {
    int inFlight = configuration.get(IN_FLIGHT);
    int fewest =
        Math.max(FEWEST_BATCHES_IN_FLIGHT, configuration.get(CONCURRENT_BATCHES))
            * configuration.get(MAX_BATCH_SIZE);
    if (inFlight != 0 && inFlight < fewest) {
      throw new IllegalArgumentException(
          ("--in-flight is %s; expected %s or more: one batch of --max-batch-size for each of"
                  + " --concurrent-batches, and two at least. Raise --in-flight, or lower --max-batch-size")
              .formatted(inFlight, fewest));
    }
  }

  private static void checkImageUris(Configuration configuration) {
    if (new ImageUriPrefixes(configuration.get(IMAGE_URI_PREFIXES)).isEmpty()) {
      return;
    }
    int threads = configuration.get(IMAGE_URI_THREADS);
    int rounds = (inFlight(configuration) + threads - 1) / threads;
    Duration longest = configuration.get(IMAGE_URI_TIMEOUT).multipliedBy(rounds);
    if (longest.compareTo(configuration.get(INFERENCE_TIMEOUT)) >= 0) {
      throw new IllegalArgumentException(
          ("reading the images of all in-flight frames may take %s s (--image-uri-timeout x"
                  + " --in-flight %s / --image-uri-threads); expected less than --inference-timeout. Raise"
                  + " --image-uri-threads or --inference-timeout")
              .formatted(longest.toSeconds(), inFlight(configuration)));
    }
  }

  public <T> T get(ConfigOption<T> option) {
    return configuration.get(option);
  }

  /** Returns the maximum number of in-flight frames of a task. */
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
   * Returns the number of threads that decode images in a worker.
   *
   * @param cores of the worker
   */
  public int decodeThreads(int cores) {
    return decodeThreads(configuration, cores);
  }

  private static int decodeThreads(Configuration configuration, int cores) {
    int threads = configuration.get(DECODE_THREADS);
    return threads == 0 ? cores : threads;
  }

  /**
   * Returns the settings of the classifier that a worker's tasks share.
   *
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
    return new BatchPolicy(batchSize, TimeUtils.parseDuration(maxDelay).toNanos());
  }

  /** Returns how the session runs, on the device of these options. */
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
        configuration.get(PRECISION),
        new CudaSettings(
            configuration.get(CUDA_MEMORY).getBytes(), configuration.get(CUDA_CHANNELS_LAST)),
        new TensorRtSettings(
            configuration.get(TENSORRT_CACHE),
            configuration.get(TENSORRT_FP16),
            configuration.get(TENSORRT_PROFILES)),
        new PluginSettings(
            PluginSettings.pairs(configuration.get(EXECUTION_PROVIDER)),
            configuration.get(EXECUTION_PROVIDER_PATH),
            PluginSettings.pairs(configuration.get(PROVIDER_OPTION)),
            configuration.get(CONCURRENT_BATCHES)));
  }

  private static ClassifierSettings settings(Configuration configuration, String device) {
    return new ClassifierSettings(
        Path.of(configuration.get(MODEL)),
        session(configuration, device),
        policy(configuration),
        decodeThreads(configuration, Runtime.getRuntime().availableProcessors()),
        configuration.get(CONCURRENT_BATCHES),
        configuration.get(TOP_K),
        new ImageLimits(
            configuration.get(MAX_IMAGE_SIZE).getBytes(),
            configuration.get(MAX_DECODE_MEMORY).getBytes(),
            ImageLimits.DEFAULT.maxScans()),
        configuration.get(IMAGE_DECODER));
  }
}
