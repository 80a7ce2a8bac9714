package dev.framelabel.metrics;

import java.util.List;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/**
 * The metrics of the job. Each has its name, type, unit and meaning here and nowhere else;
 * operators register them with {@link #counter}, {@link #gauge} and {@link #histogram}. Sentences
 * are those of the reference page.
 */
public enum JobMetric {
  OFFSETS_SKIPPED(
      "offsetsSkipped",
      Operator.FRAMES,
      Type.COUNTER,
      "offsets",
      OverTasks.SUM,
      "Offsets of the frames topic that retention removed before the job read them: lost frames."
          + " Transaction markers among them count too. Counts from the start of the task."),
  PARTITIONS_WAITING(
      "partitionsWaitingAtLastStableOffset",
      Operator.FRAMES,
      Type.GAUGE,
      "partitions",
      OverTasks.SUM,
      "Partitions of the frames topic whose committed records are all read, while an open transaction"
          + " of a producer blocks the rest. Above 0 for longer than the producers' transactions last:"
          + " a hanging transaction."),
  FRAMES_IN(
      "framesIn",
      Operator.CLASSIFY,
      Type.COUNTER,
      "frames",
      OverTasks.SUM,
      "Records that the task took from the source, unreadable records included. Counts from the"
          + " start of the task."),
  IN_FLIGHT_FRAMES(
      "inFlightFrames",
      Operator.CLASSIFY,
      Type.GAUGE,
      "frames",
      OverTasks.SUM,
      "In-flight frames of the task: given to the classifier, without a result yet. At most"
          + " `--in-flight`."),
  IN_FLIGHT_BYTES(
      "inFlightBytes",
      Operator.CLASSIFY,
      Type.GAUGE,
      "bytes",
      OverTasks.SUM,
      "Bytes of the records of the in-flight frames. At `--in-flight-size` the task stops reading."),
  BATCHES(
      "batches",
      Operator.CLASSIFY,
      Type.GAUGE,
      "batches",
      OverTasks.SUM,
      "Running total of the batches that the device ran. The task of the oldest frame counts the"
          + " batch."),
  BATCHED_FRAMES(
      "batchedFrames",
      Operator.CLASSIFY,
      Type.GAUGE,
      "frames",
      OverTasks.SUM,
      "Running total of the frames in these batches. Divided by `batches`, it gives the mean batch"
          + " size."),
  INFERENCE_NANOS(
      "inferenceNanos",
      Operator.CLASSIFY,
      Type.GAUGE,
      "ns",
      OverTasks.SUM,
      "Running total of the time that these batches took on the device. The time that a batch waits"
          + " there for a concurrent batch is included."),
  BATCH_SPLITS(
      "batchSplits",
      Operator.CLASSIFY,
      Type.GAUGE,
      "splits",
      OverTasks.SUM,
      "Running total of the times that a batch was split in two because it did not fit into the"
          + " memory of the device."),
  DECODE_NANOS(
      "decodeNanos",
      Operator.CLASSIFY,
      Type.GAUGE,
      "ns",
      OverTasks.SUM,
      "Running total of the time that image decoding took, over all decode threads."),
  DEVICE_BUSY_RATIO(
      "deviceBusyRatio",
      Operator.CLASSIFY,
      Type.GAUGE,
      "0 to 1",
      OverTasks.WORKER,
      "Share of the last 5 s in which the device had at least one batch to run. Near 1, the device is"
          + " the bottleneck."),
  OPEN_TENSORS(
      "openTensors",
      Operator.CLASSIFY,
      Type.GAUGE,
      "tensors",
      OverTasks.WORKER,
      "Native tensors that are open: two for each batch that runs, none between batches. A value that"
          + " grows is a native memory leak."),
  MODEL_LOAD_BYTES(
      "modelLoadBytes",
      Operator.CLASSIFY,
      Type.GAUGE,
      "bytes",
      OverTasks.WORKER,
      "Growth of the TaskManager process while it loaded the model and warmed it up. See"
          + " [modelLoadBytes](#modelloadbytes-what-it-measures)."),
  RESIDENT_BYTES(
      "residentBytes",
      Operator.CLASSIFY,
      Type.GAUGE,
      "bytes",
      OverTasks.WORKER,
      "Resident memory of the TaskManager process (`VmRSS`): heap, model and native libraries. 0 where"
          + " there is no `/proc`."),
  MODEL_INFO(
      "modelInfo",
      Operator.CLASSIFY,
      Type.GAUGE,
      "always 1",
      OverTasks.WORKER,
      "The loaded model; its name and version are the labels.",
      "model",
      "version"),
  FRAMES_LABELLED(
      "framesLabelled",
      Operator.ROUTE,
      Type.COUNTER,
      "frames",
      OverTasks.SUM,
      "Labelled frames. Counts from the start of the task."),
  FRAMES_REJECTED(
      "framesRejected",
      Operator.ROUTE,
      Type.COUNTER,
      "frames",
      OverTasks.SUM,
      "Rejected frames (dead letters) of each kind. Label `kind` is the"
          + " [RejectionKind](schemas.md#rejectionkind) in lower case. Counts from the start of the"
          + " task.",
      "kind"),
  CAMERA_CLOCK_AHEAD(
      "cameraClockAhead",
      Operator.ROUTE,
      Type.COUNTER,
      "frames",
      OverTasks.SUM,
      "Labelled frames whose `capturedAt` is more than 1 min ahead of the clock of the TaskManager."),
  CAMERA_CLOCK_BEHIND(
      "cameraClockBehind",
      Operator.ROUTE,
      Type.COUNTER,
      "frames",
      OverTasks.SUM,
      "Labelled frames whose `capturedAt` is more than 12 h behind the clock of the TaskManager."),
  LATENCY_MILLIS(
      "latencyMillis",
      Operator.ROUTE,
      Type.HISTOGRAM,
      "ms",
      OverTasks.QUANTILES,
      "Time from `capturedAt` until the result reaches operator `route`, before the commit. Label"
          + " `group` is the frame attribute `group`.",
      "group"),
  BATCH_SIZE(
      "batchSize",
      Operator.ROUTE,
      Type.HISTOGRAM,
      "frames",
      OverTasks.QUANTILES,
      "Size of the batch of each labelled frame."),
  QUEUE_MICROS(
      "queueMicros",
      Operator.ROUTE,
      Type.HISTOGRAM,
      "µs",
      OverTasks.QUANTILES,
      "Time that a frame waited for a decode thread, for its batch and for the device."),
  DECODE_MICROS(
      "decodeMicros",
      Operator.ROUTE,
      Type.HISTOGRAM,
      "µs",
      OverTasks.QUANTILES,
      "Time to decode and resize the image of a frame."),
  INFERENCE_MICROS(
      "inferenceMicros",
      Operator.ROUTE,
      Type.HISTOGRAM,
      "µs",
      OverTasks.QUANTILES,
      "Time that the model took for the batch of the frame."),
  COMMITS_CONFIRMED(
      "commitsConfirmed",
      Operator.COMMITTER,
      Type.COUNTER,
      "transactions",
      OverTasks.SUM,
      "Transactions that the connector could not commit after a restart and that the commit guard"
          + " found committed or already repaired: nothing is lost."),
  COMMITS_LOST(
      "commitsLost",
      Operator.COMMITTER,
      Type.COUNTER,
      "transactions",
      OverTasks.SUM,
      "Transactions of completed checkpoints that the broker aborted. `--on-lost-commit` says what the"
          + " job does then."),
  FRAMES_REPAIRED(
      "framesRepaired",
      Operator.COMMITTER,
      Type.COUNTER,
      "frames",
      OverTasks.SUM,
      "Frames whose results were published again after their transaction was lost."),
  FOREIGN_RECORDS(
      "foreignRecords",
      Operator.COMMITTER,
      Type.COUNTER,
      "records",
      OverTasks.SUM,
      "Records that the commit guard passed over while it searched an output topic: records of other"
          + " programs, tombstones and records that it cannot read.");

  /** Part of the job that reports a metric. */
  public enum Operator {
    /** The source. */
    FRAMES("Source: frames", ""),
    CLASSIFY("classify", ""),
    ROUTE("route", ""),
    /** Both sinks have one. */
    COMMITTER("labels: Committer, rejected: Committer", "");

    private final String names;
    private final String parentGroup;

    Operator(String names, String parentGroup) {
      this.names = names;
      this.parentGroup = parentGroup;
    }

    /** Returns the names of the operator in Flink, separated by commas. */
    public String names() {
      return names;
    }
  }

  /** The types of Flink's metrics. */
  public enum Type {
    /** Only grows while the task runs. */
    COUNTER,
    /** The value now. */
    GAUGE,
    /** Quantiles of the last {@link JobMetric#WINDOW} values. */
    HISTOGRAM
  }

  /** Rule for combining the values of several tasks. */
  public enum OverTasks {
    /** Each task reports its own part. */
    SUM,
    /**
     * All tasks of a TaskManager report the same value, for they share its process or classifier.
     */
    WORKER,
    /** Only the counts may be summed. */
    QUANTILES
  }

  /** Values that a histogram holds, for each task. */
  public static final int WINDOW = 1024;

  private static final String GROUP = "framelabel";
  private static final String OPERATOR_SCOPE = "flink_taskmanager_job_task_operator_";

  private final String metricName;
  private final Operator operator;
  private final Type type;
  private final String unit;
  private final OverTasks overTasks;
  private final String meaning;

  /** Label names with commas: fields of an enum are immutable, and a list could be another kind. */
  private final String labels;

  JobMetric(
      String metricName,
      Operator operator,
      Type type,
      String unit,
      OverTasks overTasks,
      String meaning,
      String... labels) {
    this.metricName = metricName;
    this.operator = operator;
    this.type = type;
    this.unit = unit;
    this.overTasks = overTasks;
    this.meaning = meaning;
    this.labels = String.join(",", labels);
  }

  /**
   * Returns the group that the metrics of an operator are registered in.
   *
   * @param operator the operator's own group
   */
  public static MetricGroup group(MetricGroup operator) {
    return operator.addGroup(GROUP);
  }

  /**
   * Registers a counter.
   *
   * @param group of {@link #group}
   * @param labelValues one for each of {@link #labels}
   */
  public Counter counter(MetricGroup group, String... labelValues) {
    return labelled(group, Type.COUNTER, labelValues).counter(metricName);
  }

  /**
   * Registers a counter that the caller made, such as one that several threads increment.
   *
   * @param group of {@link #group}
   */
  public Counter counter(MetricGroup group, Counter counter) {
    return labelled(group, Type.COUNTER).counter(metricName, counter);
  }

  /**
   * Registers a gauge, which Flink reads on threads of its own.
   *
   * @param group of {@link #group}
   * @param labelValues one for each of {@link #labels}
   */
  public void gauge(MetricGroup group, Gauge<?> gauge, String... labelValues) {
    Gauge<?> ignored = labelled(group, Type.GAUGE, labelValues).gauge(metricName, gauge);
  }

  /**
   * Registers a histogram of the last {@link #WINDOW} values.
   *
   * @param group of {@link #group}
   * @param labelValues one for each of {@link #labels}
   */
  public Histogram histogram(MetricGroup group, String... labelValues) {
    return labelled(group, Type.HISTOGRAM, labelValues)
        .histogram(metricName, new DescriptiveStatisticsHistogram(WINDOW));
  }

  private MetricGroup labelled(MetricGroup group, Type wanted, String... labelValues) {
    if (wanted != type || labelValues.length != labels().size()) {
      throw new IllegalArgumentException(
          "%s is a %s with labels %s; found a %s with %s label values"
              .formatted(metricName, type, labels(), wanted, labelValues.length));
    }
    MetricGroup found = group;
    for (int i = 0; i < labelValues.length; i++) {
      found = found.addGroup(labels().get(i), labelValues[i]);
    }
    return found;
  }

  public String metricName() {
    return metricName;
  }

  public Operator operator() {
    return operator;
  }

  public Type type() {
    return type;
  }

  public String unit() {
    return unit;
  }

  public OverTasks overTasks() {
    return overTasks;
  }

  /** Returns the meaning of the value, as Markdown. */
  public String meaning() {
    return meaning;
  }

  /** Returns the names of the groups with a value, which Prometheus shows as labels. */
  public List<String> labels() {
    return labels.isEmpty() ? List.of() : List.of(labels.split(",", -1));
  }

  /** Returns the name that Flink's Prometheus reporter gives the metric: groups are parts of it. */
  public String prometheusName() {
    StringBuilder name = new StringBuilder(OPERATOR_SCOPE);
    if (!operator.parentGroup.isEmpty()) {
      name.append(operator.parentGroup).append('_');
    }
    name.append(GROUP).append('_');
    labels().forEach(label -> name.append(label).append('_'));
    return name.append(metricName).toString();
  }
}
