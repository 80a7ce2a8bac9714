package dev.framelabel.batch;

/**
 * Tuner that chooses batch size and delay for a latency target from the times of the device's
 * steps, which it takes for {@code fixed + perItem x size}; older steps count less and less. Not
 * thread-safe.
 *
 * <p>A frame may come just when a step has begun: it waits for that step and takes part in the
 * next. So the size is the largest whose two steps keep the target, but never so small that it
 * costs more than a tenth of what full batches would do. A batch waits no longer than the fixed
 * part of a step, which is all that more items can save, nor than the target leaves.
 */
final class PolicyTuner {
  private static final double MEMORY = 0.98;
  private static final double LEAST_THROUGHPUT = 0.9;
  private static final double LEAST_VARIANCE = 0.05;
  private static final int FIRST_STEPS = 8;

  private final BatchPolicy limits;
  private long steps;
  private double weight;
  private double sizes;
  private double nanos;
  private double sizesSquared;
  private double sizesByNanos;

  /**
   * Starts with the limits' own size, until times are known.
   *
   * @param limits the largest size and the target
   */
  PolicyTuner(BatchPolicy limits) {
    this.limits = limits;
  }

  /** Takes in a step and returns the policy that holds from now on. */
  BatchPolicy stepDone(int size, long stepNanos) {
    steps++;
    weight = MEMORY * weight + 1;
    sizes = MEMORY * sizes + size;
    nanos = MEMORY * nanos + stepNanos;
    sizesSquared = MEMORY * sizesSquared + (double) size * size;
    sizesByNanos = MEMORY * sizesByNanos + (double) size * stepNanos;
    return steps < FIRST_STEPS ? limits : tuned();
  }

  private BatchPolicy tuned() {
    double meanSize = sizes / weight;
    double meanNanos = nanos / weight;
    double variance = sizesSquared / weight - meanSize * meanSize;
    double perItem;
    if (variance > LEAST_VARIANCE) {
      double covariance = sizesByNanos / weight - meanSize * meanNanos;
      perItem = Math.max(0, Math.min(covariance / variance, meanNanos / meanSize));
    } else {
      // One size only tells nothing of the parts: single frames are tried together, batches are
      // kept small.
      perItem = meanSize < 1.5 ? 0 : meanNanos / meanSize;
    }
    return policy(meanNanos - perItem * meanSize, perItem);
  }

  private BatchPolicy policy(double fixed, double perItem) {
    double target = limits.latencyTargetNanos();
    int largest = limits.maxSize();
    double full = largest / Math.max(1, fixed + largest * perItem);
    double share = LEAST_THROUGHPUT * full;
    double least = share * fixed / Math.max(1e-9, 1 - share * perItem);
    double fits = (target / 2 - fixed) / Math.max(1e-9, perItem);
    int size = (int) Math.max(1, Math.min(largest, Math.max(Math.ceil(least), Math.floor(fits))));
    double room = target - 2 * (fixed + size * perItem);
    long delay = (long) Math.max(0, Math.min(fixed, room));
    return new BatchPolicy(size, delay, limits.latencyTargetNanos());
  }
}
