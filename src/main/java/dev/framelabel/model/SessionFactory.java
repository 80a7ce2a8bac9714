package dev.framelabel.model;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtEpDevice;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import ai.onnxruntime.providers.OrtTensorRTProviderOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opener of ONNX Runtime sessions on the device that was asked for; never falls back in silence.
 */
final class SessionFactory {
  private static final Logger LOG = LoggerFactory.getLogger(SessionFactory.class);

  private final OrtEnvironment environment;
  private final SessionSettings settings;

  SessionFactory(OrtEnvironment environment, SessionSettings settings) {
    this.environment = environment;
    this.settings = settings;
  }

  /**
   * Finds the device, and opens the sessions that it needs; the caller closes them.
   *
   * @param sha256 of the file
   * @throws DeviceMemoryException if the device has no memory for them; none stays open then
   * @throws ModelException if they do not open; none stays open then
   */
  BucketSessions open(Path file, String sha256) {
    return settings.device().equals(SessionSettings.AUTO)
        ? auto(device -> open(file, sha256, device))
        : open(file, sha256, Device.parse(settings.device()));
  }

  /**
   * Opens sessions on the best device. An accelerator without free memory is an error, not a reason
   * to use the next device.
   */
  static BucketSessions auto(Function<Device, BucketSessions> open) {
    for (Device device : List.of(new Device(Device.Kind.CUDA, 0))) {
      try {
        BucketSessions opened = open.apply(device);
        LOG.info("Device chosen: option=auto device={}", device);
        return opened;
      } catch (DeviceMemoryException e) {
        throw e;
      } catch (ModelException e) {
        LOG.info("Device not available: device={} reason={}", device, e.getMessage());
      }
    }
    LOG.info("Device chosen: option=auto device=cpu");
    return open.apply(Device.CPU);
  }

  private BucketSessions open(Path file, String sha256, Device device) {
    return new BucketSessions(
        BatchBuckets.of(device, settings.maxBatch()), () -> session(file, sha256, device));
  }

  private OrtSession session(Path file, String sha256, Device device) {
    return device.kind() == Device.Kind.PLUGIN
        ? pluginSession(file, device)
        : session(file, device, options -> addProvider(options, file, sha256, device));
  }

  /** Opens a session on a plug-in, with a file for its settings that is gone when it is open. */
  private OrtSession pluginSession(Path file, Device device) {
    OrtEpDevice found = new PluginProviders(environment, settings.plugin()).find(device);
    try {
      Path config = Files.createTempFile("framelabel-" + device.provider(), ".json");
      try {
        return session(file, device, options -> addPlugin(options, found, device, config));
      } finally {
        boolean ignored = config.toFile().delete();
      }
    } catch (IOException e) {
      throw new ModelException("a temporary file for " + device + " cannot be made: " + e, e);
    }
  }

  private void addPlugin(SessionOptions options, OrtEpDevice found, Device device, Path config)
      throws OrtException {
    Map<String, String> values =
        device.provider().equals(OpenVino.NAME)
            ? OpenVino.options(found, config, settings.precision(), allThreads(), settings.plugin())
            : settings.plugin().options();
    LOG.info(
        "Execution provider {} on {}: precision {}, options {}",
        device,
        found.getDevice().getVendor(),
        settings.precision(),
        values.keySet());
    options.addExecutionProvider(List.of(found), values);
    // What the provider does not take would run on the CPU, and nobody would see it.
    options.addConfigEntry("session.disable_cpu_ep_fallback", "1");
  }

  /** Returns the computing threads of all batches together. */
  private int allThreads() {
    return settings.threads() == 0
        ? Runtime.getRuntime().availableProcessors()
        : settings.threads() + settings.plugin().streams() - 1;
  }

  /** Adds an execution provider to the options of a session. */
  private interface Adder {
    void add(SessionOptions options) throws OrtException;
  }

  private OrtSession session(Path file, Device device, Adder adder) {
    try (SessionOptions options = new SessionOptions()) {
      options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
      // Batches vary in size; a plan for each would only grow the arena (onnxruntime#29351).
      options.setMemoryPatternOptimization(false);
      options.addConfigEntry("session.intra_op.allow_spinning", settings.spinning() ? "1" : "0");
      if (settings.threads() > 0) {
        options.setIntraOpNumThreads(settings.threads());
      }
      adder.add(options);
      return environment.createSession(file.toString(), options);
    } catch (OrtException e) {
      String story = "ONNX Runtime cannot open " + file + " on " + device + ": " + e.getMessage();
      throw DeviceMemoryException.isMeant(e.getMessage())
          ? new DeviceMemoryException(
              story + "; there is no memory for the model: " + DeviceMemoryException.cure(device),
              e)
          : new ModelException(story + expectedBy(device.kind()), e);
    }
  }

  private static String expectedBy(Device.Kind kind) {
    return switch (kind) {
      case CPU -> "";
      case CUDA -> "; expected an NVIDIA driver, CUDA's libraries and cuDNN on this worker";
      case TENSORRT ->
          "; expected TensorRT's libraries (libnvinfer) on this worker, and a model that"
              + " TensorRT takes whole (else --tensorrt-profiles false)";
      case PLUGIN -> "; expected a model that the execution provider takes whole";
    };
  }

  private void addProvider(SessionOptions options, Path file, String sha256, Device device)
      throws OrtException {
    if (!device.isNvidiaGpu()) {
      return;
    }
    OrtProvider provider =
        device.kind() == Device.Kind.CUDA ? OrtProvider.CUDA : OrtProvider.TENSOR_RT;
    EnumSet<OrtProvider> available = OrtEnvironment.getAvailableProviders();
    if (!available.contains(provider)) {
      throw new ModelException(
          "device %s was asked for, but this build of ONNX Runtime knows only %s; build with -Pgpu, or use cpu"
              .formatted(device, available));
    }
    if (device.kind() == Device.Kind.TENSORRT) {
      addTensorRt(options, metadata(file, sha256), device);
    }
    try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(device.index())) {
      for (Map.Entry<String, String> option : settings.cuda().options(device.kind()).entrySet()) {
        cuda.add(option.getKey(), option.getValue());
      }
      LOG.info("CUDA provider: {}", cuda);
      options.addCUDA(cuda);
    }
  }

  private void addTensorRt(SessionOptions options, ModelMetadata metadata, Device device)
      throws OrtException {
    TensorRtSettings tensorRt = settings.tensorRt();
    if (tensorRt.isCached()) {
      makeFolder(tensorRt.folder(metadata, settings.maxBatch(), device));
    } else {
      LOG.warn(
          "TensorRT builds its engines at each start, which may take minutes: --tensorrt-cache is"
              + " not set. Set it to a folder that only this user may write. See"
              + " docs/guides/tuning.md, section 'CUDA and TensorRT'");
    }
    try (OrtTensorRTProviderOptions provider = new OrtTensorRTProviderOptions(device.index())) {
      for (Map.Entry<String, String> option :
          tensorRt.options(metadata, settings.maxBatch(), device).entrySet()) {
        provider.add(option.getKey(), option.getValue());
      }
      LOG.info("TensorRT provider: {}", provider);
      options.addTensorrt(provider);
    }
  }

  private static void makeFolder(Path folder) {
    try {
      Path ignored = Files.createDirectories(folder);
    } catch (IOException e) {
      throw new ModelException("TensorRT's cache " + folder + " cannot be made: " + e, e);
    }
  }

  /** Returns the file's metadata, before minutes are spent on building engines for it. */
  private ModelMetadata metadata(Path file, String sha256) throws OrtException {
    try (SessionOptions options = new SessionOptions()) {
      options.setOptimizationLevel(SessionOptions.OptLevel.NO_OPT);
      try (OrtSession session = environment.createSession(file.toString(), options)) {
        return ModelMetadataReader.read(session, sha256);
      }
    }
  }
}
