package dev.framelabel.tools.demo;

import dev.framelabel.event.LabelledFrame;
import dev.framelabel.event.Outcome;
import dev.framelabel.event.RejectedFrame;
import dev.framelabel.tools.report.Statistics;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/**
 * Comparison of the outcomes with the published frames, by position in topic {@code frames}.
 * Thread-safe.
 */
public final class DeliveryTally {
  private static final int CAMERAS_OF_A_LINE = 6;

  private final Function<String, Optional<String>> truth;
  private final Map<Integer, BitSet> seen = new HashMap<>();
  private final Map<String, CameraTally> cameras = new TreeMap<>();
  private double[] latencyMillis = new double[1024];
  private int latencies;
  private long labelled;
  private long rejected;
  private long repeated;
  private long judged;
  private long right;
  private double batches;
  private Instant last;

  /**
   * Starts with all counts at 0.
   *
   * @param truth the true label of a frame by its id; empty where nobody knows it
   */
  public DeliveryTally(Function<String, Optional<String>> truth) {
    this.truth = truth;
  }

  /**
   * Counts an outcome.
   *
   * @param seenAt when a reader saw it
   */
  public synchronized void add(Outcome outcome, Instant seenAt) {
    last = seenAt;
    BitSet partition = seen.computeIfAbsent(outcome.source().partition(), any -> new BitSet());
    int offset = Math.toIntExact(outcome.source().offset());
    if (partition.get(offset)) {
      repeated++;
      return;
    }
    partition.set(offset);
    CameraTally camera = cameras.computeIfAbsent(outcome.cameraId(), CameraTally::new);
    if (outcome instanceof LabelledFrame frame) {
      camera.add(frame);
      addLabelled(frame, seenAt);
    } else if (outcome instanceof RejectedFrame frame) {
      rejected++;
      camera.add(frame);
    }
  }

  private void addLabelled(LabelledFrame frame, Instant seenAt) {
    labelled++;
    batches += 1.0 / frame.timings().batchSize();
    Optional<String> label = truth.apply(frame.frameId());
    judged += label.isPresent() ? 1 : 0;
    right += label.filter(frame.labels().get(0).label()::equals).isPresent() ? 1 : 0;
    if (latencies == latencyMillis.length) {
      latencyMillis = Arrays.copyOf(latencyMillis, 2 * latencies);
    }
    latencyMillis[latencies++] = Duration.between(frame.capturedAt(), seenAt).toNanos() / 1e6;
  }

  /** Returns the number of frames of which at least one outcome was seen. */
  public synchronized long accounted() {
    return labelled + rejected;
  }

  public synchronized long labelled() {
    return labelled;
  }

  public synchronized long rejected() {
    return rejected;
  }

  /**
   * Returns the number of published frames without an outcome.
   *
   * @param published number of frames by partition of topic {@code frames}
   */
  public synchronized long lost(Map<TopicPartition, Long> published) {
    return published.values().stream().mapToLong(Long::longValue).sum() - known(published);
  }

  /** Returns the number of second outcomes of a frame, and of outcomes of frames that are none. */
  public synchronized long doubled(Map<TopicPartition, Long> published) {
    return repeated + accounted() - known(published);
  }

  /** Returns the number of published frames that have an outcome. */
  private long known(Map<TopicPartition, Long> published) {
    return published.entrySet().stream()
        .filter(partition -> seen.containsKey(partition.getKey().partition()))
        .mapToLong(
            partition ->
                seen.get(partition.getKey().partition())
                    .get(0, Math.toIntExact(partition.getValue()))
                    .cardinality())
        .sum();
  }

  /** Returns the part of the frames with a true label whose best label is that; empty if none. */
  public synchronized Optional<Double> accuracy() {
    return judged == 0 ? Optional.empty() : Optional.of((double) right / judged);
  }

  public synchronized double meanBatchSize() {
    return labelled == 0 ? 0 : labelled / batches;
  }

  /** Returns outcomes per second, from the first frame's publication to the last outcome seen. */
  public synchronized double framesPerSecond(Instant begun) {
    double seconds = last == null ? 0 : Duration.between(begun, last).toNanos() / 1e9;
    return seconds <= 0 ? 0 : accounted() / seconds;
  }

  /**
   * Returns milliseconds between a frame's capture and a reader seeing its labels.
   *
   * @param part 0.5 for the median, 0.99 for the 99th percentile
   */
  public synchronized double latencyMillis(double part) {
    return latencies == 0
        ? 0
        : Statistics.quantiles(Arrays.copyOf(latencyMillis, latencies), part)[0];
  }

  /** Returns the newest label of the first cameras, for a line of progress. */
  public synchronized String newestLabels() {
    return cameras.values().stream()
        .limit(CAMERAS_OF_A_LINE)
        .map(CameraTally::summary)
        .map(camera -> camera.id() + ": " + camera.newestLabel())
        .collect(Collectors.joining("   "));
  }

  /** Returns what came out of each camera, by id. */
  public synchronized List<DemoReport.Camera> cameras() {
    return cameras.values().stream().map(CameraTally::summary).toList();
  }
}
