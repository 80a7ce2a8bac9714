package dev.framelabel.tools.bench;

import dev.framelabel.model.Device;
import dev.framelabel.model.LabelModel;
import dev.framelabel.model.LabelTask;
import dev.framelabel.model.ModelMetadata;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * A double of a label model on a {@link SimulatedAccelerator}. Every frame gets the first class. As
 * an accelerator does, it runs one batch at a time: a batch that is handed over while another one
 * runs begins when that one ends. Thread-safe.
 */
public final class SimulatedLabelModel implements LabelModel {
  private final SimulatedAccelerator accelerator;
  private final ModelMetadata metadata;
  private long idleFrom = System.nanoTime();

  SimulatedLabelModel(SimulatedAccelerator accelerator) {
    this.accelerator = accelerator;
    List<String> labels =
        IntStream.range(0, accelerator.classes()).mapToObj(i -> "class-" + i).toList();
    int side = accelerator.side();
    metadata =
        new ModelMetadata(
            "simulated",
            "1",
            "0".repeat(64),
            side,
            side,
            "crop",
            1,
            "fast",
            labels,
            LabelTask.CLASSIFY,
            List.of());
  }

  @Override
  public ModelMetadata metadata() {
    return metadata;
  }

  @Override
  public Device device() {
    return Device.CPU;
  }

  @Override
  public void label(ByteBuffer frames, int count, FloatBuffer probabilities) {
    long until = enqueue(accelerator.batchNanos(count));
    for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
    for (int at = 0; at < count * metadata.classes(); at++) {
      probabilities.put(at, at % metadata.classes() == 0 ? 1 : 0);
    }
  }

  /** Returns when a batch that is handed over now ends: after all batches before it. */
  private synchronized long enqueue(long nanos) {
    idleFrom = Math.max(idleFrom, System.nanoTime()) + nanos;
    return idleFrom;
  }

  @Override
  public void close() {
    // Holds nothing.
  }
}
