package dev.framelabel.pipeline.metrics;

import dev.framelabel.metrics.JobMetric;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Monitor that compares cameras' clocks with the worker's clock: counts frames that are stamped too
 * far ahead or behind, and logs each such camera once. Used by one task, not thread-safe.
 */
public final class ClockSkewMonitor {
  private static final Logger LOG = LoggerFactory.getLogger(ClockSkewMonitor.class);
  private static final Duration AHEAD = Duration.ofMinutes(1);
  private static final Duration BEHIND = Duration.ofHours(12);
  private static final int MOST_CAMERAS = 100;

  private final Counter ahead;
  private final Counter behind;
  private final Set<String> logged = new HashSet<>();

  public ClockSkewMonitor(MetricGroup metrics) {
    this.ahead = JobMetric.CAMERA_CLOCK_AHEAD.counter(metrics);
    this.behind = JobMetric.CAMERA_CLOCK_BEHIND.counter(metrics);
  }

  public void see(String cameraId, Instant capturedAt, Instant now) {
    if (capturedAt.isAfter(now.plus(AHEAD))) {
      ahead.inc();
      log(cameraId, "ahead of", Duration.between(now, capturedAt));
    } else if (capturedAt.isBefore(now.minus(BEHIND))) {
      behind.inc();
      log(cameraId, "behind", Duration.between(capturedAt, now));
    }
  }

  private void log(String cameraId, String where, Duration difference) {
    if (logged.size() < MOST_CAMERAS && logged.add(cameraId)) {
      LOG.warn(
          "Clocks differ: camera={} stamps its frames {} s {} this worker's clock, or the job is so"
              + " far behind. The frames are labelled all the same. Set the clock of the camera or"
              + " of the worker (NTP). See the runbook, section 'Latency is high'",
          cameraId,
          difference.toSeconds(),
          where);
    }
  }
}
