package dev.framelabel.classify;

import dev.framelabel.batch.Batch;
import dev.framelabel.event.Image;
import dev.framelabel.event.Label;
import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.ModelIdentity;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.RejectionKind;
import dev.framelabel.event.Timings;
import dev.framelabel.image.BadImageException;
import dev.framelabel.image.ImageDecoder;
import dev.framelabel.model.DeviceMemoryException;
import dev.framelabel.model.LabelModel;
import dev.framelabel.model.OnnxLabelModel;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One batch of frames: the pixels and probabilities of all its slots in two direct buffers that are
 * used again.
 */
final class FrameBatch implements Batch<TimedFrame, Outcome> {
  private static final Logger LOG = LoggerFactory.getLogger(FrameBatch.class);

  private final LabelModel model;
  private final ModelIdentity identity;
  private final ImageDecoder decoder;
  private final TopLabels topLabels;
  private final OutputCheck outputs;
  private final BusyTime device;
  private final ModelFailures failures;
  private final int frameBytes;
  private final ByteBuffer pixels;
  private final FloatBuffer probabilities;
  private final TimedFrame[] arrivals;
  private final long[] decodeNanos;

  /**
   * Allocates the buffers outside the heap, for {@code capacity} frames.
   *
   * @param device counts the time of all batches of the device
   * @param failures counts for all batches of the model
   */
  FrameBatch(
      LabelModel model,
      ImageDecoder decoder,
      int capacity,
      int topLabels,
      BusyTime device,
      ModelFailures failures) {
    this.model = model;
    this.decoder = decoder;
    this.device = device;
    this.failures = failures;
    this.topLabels = new TopLabels(model.metadata().labels(), topLabels);
    this.outputs = new OutputCheck(model.metadata().labels());
    this.identity =
        new ModelIdentity(
            model.metadata().name(), model.metadata().version(), model.metadata().sha256());
    this.frameBytes = model.metadata().frameBytes();
    this.pixels = ByteBuffer.allocateDirect(capacity * frameBytes);
    this.probabilities = OnnxLabelModel.newProbabilities(capacity, model.metadata().classes());
    this.arrivals = new TimedFrame[capacity];
    this.decodeNanos = new long[capacity];
  }

  @Override
  public void prepare(int slot, TimedFrame arrival) throws BadImageException {
    long begun = System.nanoTime();
    ByteBuffer target = pixels.duplicate().position(slot * frameBytes);
    Image image = arrival.frame().image();
    ByteBuffer bytes = image.bytes().buffer();
    switch (image.format()) {
      case ENCODED -> decoder.decode(bytes, target);
      case RGB24 -> decoder.scale(bytes, image.width(), image.height(), target);
      case REFERENCE -> throw new IllegalStateException("image " + image.uri() + " was not read");
    }
    arrivals[slot] = arrival;
    decodeNanos[slot] = System.nanoTime() - begun;
    arrival.statistics().decoded(decodeNanos[slot]);
  }

  @Override
  public void move(int from, int to) {
    pixels.put(to * frameBytes, pixels, from * frameBytes, frameBytes);
    arrivals[to] = arrivals[from];
    decodeNanos[to] = decodeNanos[from];
  }

  @Override
  public void clear(int slot) {
    arrivals[slot] = null;
  }

  /**
   * Labels the batch. Where the device has no memory for it, tries as many frames as {@link
   * LabelModel#smallerBatch} says, down to single ones; rejects one that is still too much for the
   * device.
   */
  @Override
  public List<Outcome> run(int count) {
    try {
      return labelAll(count);
    } finally {
      Arrays.fill(arrivals, null);
    }
  }

  private List<Outcome> labelAll(int count) {
    List<Outcome> outcomes = new ArrayList<>(count);
    int left = count;
    int step = count;
    while (left > 0) {
      step = Math.min(step, left);
      try {
        outcomes.addAll(label(step));
      } catch (DeviceMemoryException e) {
        if (step > 1) {
          LOG.warn(
              "The batch of {} frames is divided, because the device has no memory for it. Its"
                  + " frames are labelled, only slower. Likely cause: --max-batch-size is too"
                  + " large, or another process uses the device. See the runbook, section 'Device"
                  + " out of memory'. The device says: {}",
              step,
              e.getMessage());
          oldest(step).statistics().split();
          step = model.smallerBatch(step);
          continue;
        }
        outcomes.add(
            arrivals[0].frame().reject(RejectionKind.DEVICE_FAILED, "alone: " + e.getMessage()));
      }
      left -= step;
      for (int slot = 0; slot < left; slot++) {
        move(slot + step, slot);
      }
    }
    return outcomes;
  }

  private List<Outcome> label(int count) {
    long begun = System.nanoTime();
    device.begin(begun);
    try {
      model.label(pixels, count, probabilities);
    } finally {
      device.end(System.nanoTime());
    }
    long inferenceNanos = System.nanoTime() - begun;
    oldest(count).statistics().batchDone(count, inferenceNanos);
    Instant labelledAt = Instant.now().truncatedTo(ChronoUnit.MICROS);
    List<Outcome> outcomes = new ArrayList<>(count);
    int failed = 0;
    String reason = "";
    for (int slot = 0; slot < count; slot++) {
      String fault = outputs.fault(probabilities, slot);
      if (!fault.isEmpty()) {
        failed++;
        reason = fault;
        outcomes.add(arrivals[slot].frame().reject(RejectionKind.MODEL_FAILED, fault));
        continue;
      }
      long queueNanos = begun - arrivals[slot].nanos() - decodeNanos[slot];
      Timings timings =
          new Timings(
              decodeNanos[slot] / 1000,
              Math.max(0, queueNanos / 1000),
              inferenceNanos / 1000,
              count);
      outcomes.add(labelled(slot, labelledAt, timings));
    }
    failures.add(count, failed, reason, System.nanoTime());
    return outcomes;
  }

  private TimedFrame oldest(int count) {
    TimedFrame oldest = arrivals[0];
    for (int slot = 1; slot < count; slot++) {
      if (arrivals[slot].nanos() - oldest.nanos() < 0) {
        oldest = arrivals[slot];
      }
    }
    return oldest;
  }

  private LabelledFrame labelled(int slot, Instant labelledAt, Timings timings) {
    var frame = arrivals[slot].frame();
    List<Label> labels = topLabels.of(probabilities, slot);
    return new LabelledFrame(
        frame.cameraId(),
        frame.frameId(),
        frame.capturedAt(),
        labelledAt,
        labels,
        identity,
        frame.source(),
        timings,
        frame.attributes(),
        frame.headers());
  }

  @Override
  public void close() {
    // The direct buffers go with the last reference to them.
  }
}
