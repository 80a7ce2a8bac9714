package dev.framelabel.batch;

/**
 * The threads of a batcher.
 *
 * @param name what the threads' names begin with
 * @param preparing threads that prepare items, from 1
 * @param device threads that run batches: how many the device takes at the same time, from 1
 */
public record BatcherThreads(String name, int preparing, int device) {
  public BatcherThreads {
    if (preparing < 1 || device < 1) {
      throw new IllegalArgumentException(
          "threads are "
              + preparing
              + " preparing and "
              + device
              + " device; expected 1 or more of each");
    }
  }
}
