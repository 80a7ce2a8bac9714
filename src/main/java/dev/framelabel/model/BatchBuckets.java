package dev.framelabel.model;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The batch sizes that a device is warmed up for. A GPU prepares its work anew for a size that it
 * has not seen, so smaller batches are padded up to the next bucket there; the CPU and plug-ins
 * take any size.
 *
 * <p>For CUDA the buckets lie a factor of 4 apart: each has a session of its own, since a session
 * plans its convolutions anew at each change of size, not only for new ones, for seconds
 * (onnxruntime#23006). TensorRT has one engine for all, and its buckets double.
 */
final class BatchBuckets {
  private static final int CUDA_FACTOR = 4;
  private static final int TENSORRT_FACTOR = 2;

  private final Device device;
  private final int[] sizes;

  private BatchBuckets(Device device, int[] sizes) {
    this.device = device;
    this.sizes = sizes;
  }

  static BatchBuckets of(Device device, int maxBatch) {
    int[] sizes =
        switch (device.kind()) {
          case CPU, PLUGIN -> IntStream.rangeClosed(1, maxBatch).toArray();
          case CUDA -> powers(CUDA_FACTOR, maxBatch);
          case TENSORRT -> powers(TENSORRT_FACTOR, maxBatch);
        };
    return new BatchBuckets(device, sizes);
  }

  private static int[] powers(int factor, int maxBatch) {
    IntStream powers = IntStream.iterate(1, size -> size < maxBatch, size -> size * factor);
    return IntStream.concat(powers, IntStream.of(maxBatch)).toArray();
  }

  /** Returns the smallest bucket that holds {@code count} frames. */
  int atLeast(int count) {
    int at = Arrays.binarySearch(sizes, count);
    return sizes[at >= 0 ? at : -at - 1];
  }

  /**
   * Returns the size to try where the device had no memory for {@code count} frames, more than one:
   * half of them, or the next smaller bucket, as half of them may be padded to the same bucket.
   */
  int smaller(int count) {
    return device.isNvidiaGpu() ? sizes[Arrays.binarySearch(sizes, atLeast(count)) - 1] : count / 2;
  }

  Device device() {
    return device;
  }

  /**
   * Returns the sizes to run once before the first frame: all that a GPU or a plug-in will see, as
   * they prepare each; one frame and a full batch on a CPU.
   */
  int[] warmUp() {
    return device.kind() == Device.Kind.CPU ? ends() : sizes.clone();
  }

  /** Returns the largest batch of each session that the device needs. */
  int[] sessions() {
    return device.kind() == Device.Kind.CUDA ? sizes.clone() : new int[] {sizes[sizes.length - 1]};
  }

  private int[] ends() {
    return IntStream.of(1, sizes[sizes.length - 1]).distinct().toArray();
  }
}
