package dev.framelabel.model;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands in for an accelerator that is not there, to measure everything around it: takes a device's
 * time for each batch without burning a core, and gives every frame the first class. As an
 * accelerator does, it takes one batch at a time, and one that is handed over meanwhile begins as
 * soon as those before it have ended. Not for labelling.
 */
public final class SimulatedLabelModel implements LabelModel {
  private static final Logger LOG = LoggerFactory.getLogger(SimulatedLabelModel.class);
  private static final String PREFIX = "simulated:";

  private final ModelMetadata metadata;
  private final long fixedNanos;
  private final long perFrameNanos;
  private long idleFrom = System.nanoTime();

  /**
   * @param side pixels of the square input
   * @param fixed time of a step, however few its frames
   * @param perFrame time that each frame of a step adds
   */
  public SimulatedLabelModel(int side, int classes, Duration fixed, Duration perFrame) {
    List<String> labels = IntStream.range(0, classes).mapToObj(i -> "class-" + i).toList();
    metadata = new ModelMetadata("simulated", "1", "0".repeat(64), side, side, "crop", labels);
    fixedNanos = fixed.toNanos();
    perFrameNanos = perFrame.toNanos();
  }

  /** Whether {@link #parse} reads it, and it is no file. */
  public static boolean isName(Path file) {
    return file.toString().startsWith(PREFIX);
  }

  /**
   * Reads {@code simulated:SIDE:CLASSES:FIXED:PER_FRAME}, times in microseconds: {@code
   * simulated:299:1000:2000:120}.
   *
   * @throws ModelException if the name is not of that form
   */
  public static SimulatedLabelModel parse(Path name) {
    String[] parts = name.toString().substring(PREFIX.length()).split(":", -1);
    try {
      SimulatedLabelModel model =
          new SimulatedLabelModel(
              Integer.parseInt(parts[0]),
              Integer.parseInt(parts[1]),
              Duration.of(Long.parseLong(parts[2]), ChronoUnit.MICROS),
              Duration.of(Long.parseLong(parts[3]), ChronoUnit.MICROS));
      LOG.warn("model {} labels nothing: it only takes a device's time", name);
      return model;
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      throw new ModelException(
          "model '"
              + name
              + "' is of no known form; expected simulated:SIDE:CLASSES:FIXED:PER_FRAME"
              + " with whole numbers (pixels, classes, microseconds)",
          e);
    }
  }

  @Override
  public ModelMetadata metadata() {
    return metadata;
  }

  @Override
  public Device device() {
    return Device.CPU;
  }

  /** Frames a second that the device allows with batches of this size. */
  public double capacity(int batchSize) {
    return batchSize * 1e9 / stepNanos(batchSize);
  }

  /** How long a step of so many frames takes, once it has begun. */
  public long stepNanos(int batchSize) {
    return fixedNanos + batchSize * perFrameNanos;
  }

  @Override
  public void label(ByteBuffer frames, int count, FloatBuffer probabilities) {
    long until = enqueue(stepNanos(count));
    for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
    for (int at = 0; at < count * metadata.classes(); at++) {
      probabilities.put(at, at % metadata.classes() == 0 ? 1 : 0);
    }
  }

  /** When a step that is handed over now ends: it begins when those before it have ended. */
  private synchronized long enqueue(long stepNanos) {
    idleFrom = Math.max(idleFrom, System.nanoTime()) + stepNanos;
    return idleFrom;
  }

  @Override
  public void close() {
    // Holds nothing.
  }
}
