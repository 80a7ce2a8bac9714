package dev.framelabel.pipeline.metrics;

import dev.framelabel.metrics.JobMetric;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;

/**
 * Latencies by camera group: the frame attribute {@value #ATTRIBUTE}. Frames without it count as
 * {@value #NONE}; groups beyond the first {@value #MOST_GROUPS} as {@value #OTHER}, so that senders
 * cannot make metrics without end. Called on the task's thread.
 */
public final class LatencyByGroup {
  static final String ATTRIBUTE = "group";
  static final String NONE = "none";
  static final String OTHER = "other";
  static final int MOST_GROUPS = 32;

  private final MetricGroup metrics;
  private final Map<String, Histogram> histograms = new HashMap<>();

  public LatencyByGroup(MetricGroup metrics) {
    this.metrics = metrics;
  }

  public void add(Map<String, String> attributes, long millis) {
    String group = attributes.getOrDefault(ATTRIBUTE, NONE);
    boolean known = histograms.containsKey(group) || histograms.size() < MOST_GROUPS;
    histograms.computeIfAbsent(known ? group : OTHER, this::register).update(millis);
  }

  private Histogram register(String group) {
    return JobMetric.LATENCY_MILLIS.histogram(metrics, group);
  }
}
