package dev.framelabel.model;

import static java.util.Objects.requireNonNull;

/**
 * Settings of a session.
 *
 * @param device {@code cpu}, {@code cuda:N}, {@code tensorrt:N}, a plug-in execution provider, or
 *     {@code auto}: the best that works
 * @param threads computing threads that a batch has on a CPU, the one that brings it among them; 0
 *     = one for each core
 * @param spinning whether those threads spin instead of blocking while idle: lower latency on
 *     dedicated cores, slower neighbours on shared cores
 * @param maxBatch the largest batch that will be asked for
 * @param sha256 checksum that the model file must have, or empty
 * @param precision of the device's arithmetic
 * @param cuda settings for {@code cuda:N}, and for what TensorRT leaves to it
 * @param tensorRt settings for {@code tensorrt:N} alone
 * @param plugin settings for plug-in execution providers alone
 */
public record SessionSettings(
    String device,
    int threads,
    boolean spinning,
    int maxBatch,
    String sha256,
    Precision precision,
    CudaSettings cuda,
    TensorRtSettings tensorRt,
    PluginSettings plugin) {
  public static final String AUTO = "auto";

  public SessionSettings {
    requireNonNull(device, "device");
    requireNonNull(sha256, "sha256");
    requireNonNull(cuda, "cuda");
    requireNonNull(precision, "precision");
    requireNonNull(tensorRt, "tensorRt");
    requireNonNull(plugin, "plugin");
    if (threads < 0) {
      throw new IllegalArgumentException("session threads are " + threads + "; expected 0 or more");
    }
    if (maxBatch < 1) {
      throw new IllegalArgumentException("maximum batch is " + maxBatch + "; expected 1 or more");
    }
    if (!device.equals(AUTO)) {
      check(Device.parse(device), precision, plugin);
    } else if (precision != Precision.F32) {
      throw new ModelException(
          "precision is "
              + precision
              + " and device is auto, which may take a device without it; expected"
              + " f32, or a device such as openvino");
    }
  }

  private static void check(Device device, Precision precision, PluginSettings plugin) {
    if (device.kind() == Device.Kind.PLUGIN) {
      plugin.check(device.provider());
    } else if (!plugin.options().isEmpty()) {
      throw new ModelException(
          "--provider-option is for plug-in execution providers; found device " + device);
    }
    if (precision != Precision.F32 && !device.provider().equals(OpenVino.NAME)) {
      throw new ModelException(
          "precision is %s; expected f32 on device %s%s"
              .formatted(
                  precision,
                  device,
                  device.kind() == Device.Kind.TENSORRT ? ", or --tensorrt-fp16" : ""));
    }
  }

  /** Creates settings with each device's own as they are by default. */
  public SessionSettings(
      String device, int threads, boolean spinning, int maxBatch, String sha256) {
    this(
        device,
        threads,
        spinning,
        maxBatch,
        sha256,
        Precision.F32,
        CudaSettings.DEFAULT,
        TensorRtSettings.DEFAULT,
        PluginSettings.DEFAULT);
  }

  /**
   * Returns the computing threads that a session needs so that all batches together have one for
   * each core: each batch computes on the thread that brings it, and all share the session's
   * others.
   *
   * @param streams batches at the same time, from 1
   */
  public static int threadsBeside(int streams) {
    return Math.max(1, Runtime.getRuntime().availableProcessors() - (streams - 1));
  }

  /** Returns settings with one thread for each core, without spinning, for any file. */
  public static SessionSettings on(String device, int maxBatch) {
    return new SessionSettings(device, 0, false, maxBatch, "");
  }

  public static SessionSettings onCpu(int maxBatch) {
    return on("cpu", maxBatch);
  }
}
