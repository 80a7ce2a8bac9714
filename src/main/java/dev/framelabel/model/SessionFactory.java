package dev.framelabel.model;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import ai.onnxruntime.providers.OrtTensorRTProviderOptions;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens ONNX Runtime sessions on the device that was asked for, or says why not. Never falls back
 * in silence.
 */
final class SessionFactory {
  private static final Logger LOG = LoggerFactory.getLogger(SessionFactory.class);

  private final OrtEnvironment environment;
  private final SessionSettings settings;

  SessionFactory(OrtEnvironment environment, SessionSettings settings) {
    this.environment = environment;
    this.settings = settings;
  }

  /** A session and where it runs. */
  record Opened(OrtSession session, Device device) {}

  Opened open(Path file) {
    if (!settings.device().equals(SessionSettings.AUTO)) {
      Device device = Device.parse(settings.device());
      return new Opened(open(file, device), device);
    }
    for (Device device : List.of(new Device(Device.Kind.CUDA, 0))) {
      try {
        Opened opened = new Opened(open(file, device), device);
        LOG.info("device auto: took {}", device);
        return opened;
      } catch (ModelException e) {
        LOG.info("device auto: {} is not to be had: {}", device, e.getMessage());
      }
    }
    LOG.info("device auto: took cpu");
    return new Opened(open(file, Device.CPU), Device.CPU);
  }

  private OrtSession open(Path file, Device device) {
    try (SessionOptions options = new SessionOptions()) {
      options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
      // Batches vary in size; a plan for each would only grow the arena (onnxruntime#29351).
      options.setMemoryPatternOptimization(false);
      options.addConfigEntry("session.intra_op.allow_spinning", settings.spinning() ? "1" : "0");
      if (settings.threads() > 0) {
        options.setIntraOpNumThreads(settings.threads());
      }
      addProvider(options, device);
      return environment.createSession(file.toString(), options);
    } catch (OrtException e) {
      throw new ModelException(
          "ONNX Runtime cannot open " + file + " on " + device + ": " + e.getMessage(), e);
    }
  }

  private static void addProvider(SessionOptions options, Device device) throws OrtException {
    if (!device.isAccelerator()) {
      return;
    }
    OrtProvider provider =
        device.kind() == Device.Kind.CUDA ? OrtProvider.CUDA : OrtProvider.TENSOR_RT;
    EnumSet<OrtProvider> available = OrtEnvironment.getAvailableProviders();
    if (!available.contains(provider)) {
      throw new ModelException(
          "device "
              + device
              + " was asked for, but this build of ONNX Runtime knows only "
              + available
              + "; build with -Pgpu, or use cpu");
    }
    if (device.kind() == Device.Kind.TENSORRT) {
      try (OrtTensorRTProviderOptions tensorrt = new OrtTensorRTProviderOptions(device.index())) {
        options.addTensorrt(tensorrt);
      }
    }
    try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(device.index())) {
      cuda.add("cudnn_conv_algo_search", "HEURISTIC");
      options.addCUDA(cuda);
    }
  }
}
