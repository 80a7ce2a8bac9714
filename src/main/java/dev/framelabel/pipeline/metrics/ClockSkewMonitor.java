package dev.framelabel.pipeline.metrics;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Flags frames whose camera's clock cannot be right beside the worker's, and a worker whose clock
 * cannot be right beside the JobManager's: counted, and logged once for each. Of one task, not
 * thread-safe.
 */
public final class ClockSkewMonitor {
  private static final Logger LOG = LoggerFactory.getLogger(ClockSkewMonitor.class);
  private static final Duration AHEAD = Duration.ofMinutes(1);
  private static final Duration BEHIND = Duration.ofHours(12);
  private static final int MOST_CAMERAS = 100;

  /** A checkpoint's barrier may be late: no timeout of checkpoints is longer. */
  private static final Duration LATE_BARRIER = Duration.ofHours(1);

  private final Counter ahead;
  private final Counter behind;
  private final Counter worker;
  private boolean workerLogged;
  private final Set<String> logged = new HashSet<>();

  public ClockSkewMonitor(MetricGroup metrics) {
    this.ahead = metrics.counter("cameraClockAhead");
    this.behind = metrics.counter("cameraClockBehind");
    this.worker = metrics.counter("workerClockWrong");
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

  /**
   * @param triggered when a checkpoint was begun, by the JobManager's clock
   */
  public void seeCheckpoint(Instant triggered, Instant now) {
    boolean slow = triggered.isAfter(now.plus(AHEAD));
    if (slow || triggered.isBefore(now.minus(LATE_BARRIER))) {
      worker.inc();
      if (!workerLogged) {
        workerLogged = true;
        LOG.warn(
            "this worker's clock is {} s {} the JobManager's; frames are labelled all the same, but"
                + " latencies and flags of cameras' clocks are wrong. Set the clock of this machine",
            Duration.between(triggered, now).abs().toSeconds(),
            slow ? "behind" : "ahead of");
      }
    }
  }

  private void log(String cameraId, String where, Duration difference) {
    if (logged.size() < MOST_CAMERAS && logged.add(cameraId)) {
      LOG.warn(
          "camera {} stamps its frames {} s {} this worker's clock, or the job is so far behind;"
              + " its frames are labelled all the same. Set the clock of the camera or of the worker",
          cameraId,
          difference.toSeconds(),
          where);
    }
  }
}
