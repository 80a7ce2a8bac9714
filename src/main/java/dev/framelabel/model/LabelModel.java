package dev.framelabel.model;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;

/** A classifier of pictures on one device. Its owner closes it; using it afterwards throws. */
public interface LabelModel extends AutoCloseable {
  /**
   * Opens a model file on the device that the settings name. The caller closes the model.
   *
   * @throws ModelException as {@link OnnxLabelModel}'s constructor
   */
  static LabelModel open(Path file, SessionSettings settings) {
    return new OnnxLabelModel(file, settings);
  }

  ModelMetadata metadata();

  Device device();

  /**
   * Labels a batch. May be called from several threads, each with buffers of its own; blocks until
   * the device is done.
   *
   * @param frames direct; uint8 {@code [capacity, height, width, 3]} from its beginning, RGB; the
   *     first {@code count} frames are read, and the rows up to the next batch size that the model
   *     prefers may be read as padding
   * @param count frames to label, from 1 to the largest batch that the model was opened for; the
   *     buffers hold that many
   * @param probabilities direct; float32 {@code [capacity, classes]} from its beginning, native
   *     byte order; the first {@code count} rows are written
   * @throws DeviceMemoryException if the device has no memory for so many frames
   * @throws ModelException if the model or the device fails
   */
  void label(ByteBuffer frames, int count, FloatBuffer probabilities);

  /**
   * Returns how many frames to try where the device had no memory for so many.
   *
   * @param count more than 1
   * @return from 1, less than that
   */
  default int smallerBatch(int count) {
    return count / 2;
  }

  /**
   * Returns the number of native tensors that are open now: two for each batch that runs, and none
   * between batches.
   */
  default int openTensors() {
    return 0;
  }

  @Override
  void close();
}
