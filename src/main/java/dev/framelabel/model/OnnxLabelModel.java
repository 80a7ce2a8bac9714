package dev.framelabel.model;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A label model in ONNX Runtime's sessions. They are thread-safe and so is this class; tensors lie
 * over the caller's direct buffers and nothing is copied on a CPU. The process-wide ONNX Runtime
 * environment is never closed.
 */
public final class OnnxLabelModel implements LabelModel {
  private static final Logger LOG = LoggerFactory.getLogger(OnnxLabelModel.class);

  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final Tensors tensors = new Tensors(environment);
  private final BucketSessions sessions;
  private final Device device;
  private final ModelMetadata metadata;
  private final BatchBuckets buckets;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * Opens the file, checks it against the contract, and runs it once for each batch size it is
   * warmed up for.
   *
   * @throws ModelException if the file is missing, damaged or no label model, has another sha256
   *     than asked for, or the device is not there
   */
  public OnnxLabelModel(Path file, SessionSettings settings) {
    String sha256 = sha256(file);
    if (!settings.sha256().isEmpty() && !settings.sha256().equalsIgnoreCase(sha256)) {
      throw new ModelException(
          "model file " + file + " has sha256 " + sha256 + "; expected " + settings.sha256());
    }
    ModelFileCheck.refuse(file);
    sessions = new SessionFactory(environment, settings).open(file, sha256);
    buckets = sessions.buckets();
    device = buckets.device();
    try {
      metadata = ModelMetadataReader.read(sessions.of(settings.maxBatch()), sha256);
      warmUp(settings.maxBatch());
    } catch (OrtException e) {
      sessions.closeAfter(e);
      throw new ModelException("model file " + file + ": " + e.getMessage(), e);
    } catch (RuntimeException | Error e) {
      sessions.closeAfter(e);
      throw e;
    }
    LOG.info(
        "Model opened: name={} version={} sha256={} device={}",
        metadata.name(),
        metadata.version(),
        sha256,
        device);
  }

  private void warmUp(int maxBatch) {
    ByteBuffer frames = ByteBuffer.allocateDirect(maxBatch * metadata.frameBytes());
    FloatBuffer probabilities = newProbabilities(maxBatch, metadata.classes());
    OptionalInt fits = OptionalInt.empty();
    for (int size : buckets.warmUp()) {
      try {
        label(frames, size, probabilities);
      } catch (DeviceMemoryException e) {
        throw tooLarge(size, fits, e);
      }
      fits = OptionalInt.of(size);
    }
  }

  private ModelException tooLarge(int size, OptionalInt fits, DeviceMemoryException cause) {
    return new ModelException(
        "%s has no memory for a batch of %s frames%s. Set a smaller --max-batch-size, or %s: %s"
            .formatted(
                device,
                size,
                fits.isPresent()
                    ? "; the largest that was tried and fits is " + fits.getAsInt()
                    : "",
                DeviceMemoryException.cure(device),
                cause.getMessage()),
        cause);
  }

  /** Returns a direct buffer for the output of {@code capacity} frames. */
  public static FloatBuffer newProbabilities(int capacity, int classes) {
    return ByteBuffer.allocateDirect(capacity * classes * Float.BYTES)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  @Override
  public ModelMetadata metadata() {
    return metadata;
  }

  @Override
  public Device device() {
    return device;
  }

  @Override
  public void label(ByteBuffer frames, int count, FloatBuffer probabilities) {
    if (closed.get()) {
      throw new IllegalStateException("the model is closed");
    }
    int size = buckets.atLeast(count);
    ByteBuffer input = frames.duplicate().position(0).limit(size * metadata.frameBytes());
    FloatBuffer output = probabilities.duplicate().position(0).limit(size * metadata.classes());
    try (Tensors.Tensor in = tensors.over(input, size, metadata.height(), metadata.width(), 3);
        Tensors.Tensor out = tensors.over(output, size, metadata.classes());
        OrtSession.Result ignored =
            sessions
                .of(size)
                .run(
                    Map.of(ModelMetadata.INPUT, in.value()),
                    Map.of(ModelMetadata.OUTPUT, out.value()))) {
      // The result lies in the caller's buffer.
    } catch (OrtException e) {
      throw failure(size, e);
    }
  }

  @Override
  public int smallerBatch(int count) {
    return buckets.smaller(count);
  }

  @Override
  public int openTensors() {
    return tensors.open();
  }

  private ModelException failure(int size, OrtException cause) {
    String story =
        "model %s failed on a batch of %s on %s: %s"
            .formatted(metadata.name(), size, device, cause.getMessage());
    return DeviceMemoryException.isMeant(cause.getMessage())
        ? new DeviceMemoryException(story, cause)
        : new ModelException(story, cause);
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      sessions.close();
    }
  }

  /**
   * Returns the SHA-256 of a model file, in lower-case hexadecimal digits.
   *
   * @throws ModelException if the file is missing or cannot be read
   */
  public static String sha256(Path file) {
    try (InputStream in =
        new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
      in.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(((DigestInputStream) in).getMessageDigest().digest());
    } catch (NoSuchFileException e) {
      throw new ModelException("model file " + file + " is not there", e);
    } catch (IOException e) {
      throw new ModelException("model file " + file + " cannot be read: " + e, e);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
