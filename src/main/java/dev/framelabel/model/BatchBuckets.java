package dev.framelabel.model;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The batch sizes that a device is warmed up for. CUDA tunes its convolutions anew for every batch
 * size it has not seen (PaddleX#5057), so smaller batches are padded up to the next bucket there;
 * the CPU takes any size.
 */
final class BatchBuckets {
  private final int[] sizes;

  private BatchBuckets(int[] sizes) {
    this.sizes = sizes;
  }

  static BatchBuckets of(Device device, int maxBatch) {
    if (!device.isAccelerator()) {
      return new BatchBuckets(IntStream.rangeClosed(1, maxBatch).toArray());
    }
    IntStream powers = IntStream.iterate(1, size -> size < maxBatch, size -> size * 2);
    return new BatchBuckets(IntStream.concat(powers, IntStream.of(maxBatch)).toArray());
  }

  /** The smallest bucket that holds {@code count} frames. */
  int atLeast(int count) {
    int at = Arrays.binarySearch(sizes, count);
    return sizes[at >= 0 ? at : -at - 1];
  }

  /**
   * The sizes to run once before the first frame: all buckets of an accelerator; one frame and a
   * full batch on a CPU.
   */
  int[] warmUp(Device device) {
    return device.isAccelerator()
        ? sizes.clone()
        : IntStream.of(1, sizes[sizes.length - 1]).distinct().toArray();
  }
}
