package dev.framelabel.tools.demo;

import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.Outcome;
import dev.framelabel.tools.report.Statistics;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Counts what came out against what went in. Thread-safe. */
public final class DeliveryTally {
  private final Map<String, String> truth;
  private final Map<String, Integer> seen = new HashMap<>();
  private final Map<String, LabelledFrame> lastByCamera = new TreeMap<>();
  private double[] latencyMillis = new double[1024];
  private int latencies;
  private long labelled;
  private long rejected;
  private long right;
  private long invented;
  private double batches;
  private Instant last;

  /**
   * @param truth the true label of every frame that was published, by frame id; may grow
   */
  public DeliveryTally(Map<String, String> truth) {
    this.truth = truth;
  }

  /**
   * @param seenAt when a reader saw the outcome
   */
  public synchronized void add(Outcome outcome, Instant seenAt) {
    last = seenAt;
    int times = seen.merge(outcome.frameId(), 1, Integer::sum);
    if (!truth.containsKey(outcome.frameId())) {
      invented++;
      return;
    }
    if (times > 1) {
      return;
    }
    if (outcome instanceof LabelledFrame frame) {
      addLabelled(frame, seenAt);
    } else {
      rejected++;
    }
  }

  private void addLabelled(LabelledFrame frame, Instant seenAt) {
    labelled++;
    batches += 1.0 / frame.timings().batchSize();
    lastByCamera.put(frame.cameraId(), frame);
    if (frame.labels().get(0).label().equals(truth.get(frame.frameId()))) {
      right++;
    }
    if (latencies == latencyMillis.length) {
      latencyMillis = Arrays.copyOf(latencyMillis, 2 * latencies);
    }
    latencyMillis[latencies++] = Duration.between(frame.capturedAt(), seenAt).toNanos() / 1e6;
  }

  /** Frames of which at least one outcome was seen. */
  public synchronized long accounted() {
    return labelled + rejected;
  }

  public synchronized long labelled() {
    return labelled;
  }

  public synchronized long rejected() {
    return rejected;
  }

  /** Published frames without an outcome. */
  public synchronized long lost() {
    return truth.keySet().stream().filter(id -> !seen.containsKey(id)).count();
  }

  /** Outcomes beyond a frame's first, and outcomes of frames that nobody published. */
  public synchronized long doubled() {
    return seen.values().stream().mapToLong(times -> times - 1).sum() + invented;
  }

  /** Part of the labelled frames whose best label is the true one; 0 where none is labelled. */
  public synchronized double accuracy() {
    return labelled == 0 ? 0 : (double) right / labelled;
  }

  public synchronized double meanBatchSize() {
    return labelled == 0 ? 0 : labelled / batches;
  }

  /** Outcomes a second, from the first frame's publication to the last outcome seen. */
  public synchronized double framesPerSecond(Instant begun) {
    double seconds = last == null ? 0 : Duration.between(begun, last).toNanos() / 1e9;
    return seconds <= 0 ? 0 : accounted() / seconds;
  }

  /**
   * @param part 0.5 for the median, 0.99 for the 99th percentile
   * @return milliseconds between a frame's capture and a reader seeing its labels
   */
  public synchronized double latencyMillis(double part) {
    return latencies == 0
        ? 0
        : Statistics.quantiles(Arrays.copyOf(latencyMillis, latencies), part)[0];
  }

  /** The newest label of each camera, in words. */
  public synchronized String lastLabels() {
    return lastByCamera.values().stream()
        .map(
            frame ->
                String.format(
                    "%s: %s %.0f %%",
                    frame.cameraId(),
                    frame.labels().get(0).label(),
                    100 * frame.labels().get(0).score()))
        .collect(Collectors.joining("   "));
  }
}
